#pragma once

namespace skiptuning::test {

// Lets the nth `new` of this thread from now on fail, once; 0: none. Of code that is linked into the tests themselves.
void fail_new(int nth);

}  // namespace skiptuning::test
