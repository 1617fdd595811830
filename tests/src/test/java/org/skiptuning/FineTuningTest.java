package org.skiptuning;

class FineTuningTest extends FineTuning {
    FineTuningTest() {
        super(Device.cpu());
    }
}
