package org.skiptuning.checkpoint;

import org.skiptuning.OnCuda;

@OnCuda
class FeatureParityCudaTest extends FeatureParity {
    FeatureParityCudaTest() {
        super(OnCuda.DEVICE);
    }
}
