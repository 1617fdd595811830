/**
 * Lossy WebP pictures: a decoder of VP8 key frames (RFC 6386) that gives the pixels of libwebp, upsampling included.
 *
 * <p>ImageIO's plug-in repeats chroma samples where libwebp interpolates them, which moves pixels at coloured edges by up
 * to 60 levels.
 */
@org.jspecify.annotations.NullMarked
package org.skiptuning.data.webp;
