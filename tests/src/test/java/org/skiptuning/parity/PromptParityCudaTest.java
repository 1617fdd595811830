package org.skiptuning.parity;

import org.skiptuning.OnCuda;

@OnCuda
class PromptParityCudaTest extends PromptParity {
    PromptParityCudaTest() {
        super(OnCuda.DEVICE, 1e-4);
    }
}
