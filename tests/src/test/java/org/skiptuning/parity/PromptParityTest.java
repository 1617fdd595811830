package org.skiptuning.parity;

class PromptParityTest extends PromptParity {
    PromptParityTest() {
        super("cpu", 1e-4);
    }
}
