package org.skiptuning.parity;

import org.skiptuning.OnCuda;

@OnCuda
class TrainingParityCudaTest extends TrainingParity {
    TrainingParityCudaTest() {
        super(OnCuda.DEVICE, 1e-4);
    }
}
