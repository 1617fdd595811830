package org.skiptuning.parity;

import org.skiptuning.OnCuda;

@OnCuda
class LoraParityCudaTest extends LoraParity {
    LoraParityCudaTest() {
        super(OnCuda.DEVICE, 1e-4);
    }
}
