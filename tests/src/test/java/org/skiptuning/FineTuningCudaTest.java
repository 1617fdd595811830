package org.skiptuning;

@OnCuda
class FineTuningCudaTest extends FineTuning {
    FineTuningCudaTest() {
        super(Device.cuda(0));
    }
}
