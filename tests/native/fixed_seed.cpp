#include <ATen/Context.h>
#include <gtest/gtest.h>

namespace {

// ATen's numbers begin anywhere, and a tolerance that holds for nearly all of them would fail now and then.
class FixedSeed : public testing::Environment {
 public:
  void SetUp() override { at::manual_seed(1); }
};

const auto* const kFixedSeed = testing::AddGlobalTestEnvironment(new FixedSeed);  // GoogleTest owns it

}  // namespace
