package org.skiptuning.parity;

import org.skiptuning.OnCuda;

@OnCuda
class FeatureMethodParityCudaTest extends FeatureMethodParity {
    FeatureMethodParityCudaTest() {
        super(OnCuda.DEVICE, 1e-4);
    }
}
