// Read by the address sanitizer, where it is built in: an allocation that is too large fails as it does without it.
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }
