/** Skip Tuning for the JVM: fine-tune CLIP's last blocks on cached features, against only the classes that matter. */
@org.jspecify.annotations.NullMarked
package org.skiptuning;
