package org.skiptuning.pretrain;

import java.nio.file.Path;

/**
 * Where and how a run happens; nothing here changes its result but {@code device} and {@code threads}, in rounding.
 *
 * @param output     folder of the run
 * @param resume     go on from the state in it; without one, start
 * @param device     {@code cpu} or {@code cuda:N}
 * @param threads    of the core; 0 for all
 * @param saveEvery  steps between two saved states
 * @param probeEvery steps between two measurements on the validation style
 */
public record PretrainOptions(Path output, boolean resume, String device, int threads, int saveEvery, int probeEvery) {}
