#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>
#include <gtest/gtest.h>

#include "abi/status.h"
#include "abi/tensors.h"
#include "core/error.h"
#include "failing_new.h"
#include "layers/product.h"
#include "skiptuning.h"

extern "C" int skiptuning_from_c(void);

namespace skiptuning::abi {
namespace {

template <class Exception>
st_status status_of(const Exception& exception) {
  return guarded([&] { throw exception; });
}

TEST(Status, EveryExceptionHasOne) {
  EXPECT_EQ(status_of(InvalidArgument("a")), ST_INVALID_ARGUMENT);
  EXPECT_EQ(status_of(InvalidState("a")), ST_INVALID_STATE);
  EXPECT_EQ(status_of(Unsupported("a")), ST_UNSUPPORTED);
  EXPECT_EQ(status_of(BadInput("a")), ST_BAD_INPUT);
  EXPECT_EQ(status_of(DeviceUnavailable("a")), ST_DEVICE_UNAVAILABLE);
  EXPECT_EQ(status_of(Cancelled("a")), ST_CANCELLED);
  EXPECT_EQ(status_of(std::bad_alloc()), ST_OUT_OF_MEMORY);
  EXPECT_EQ(status_of(std::system_error(ENOSPC, std::generic_category(), "a")), ST_IO);
  EXPECT_EQ(status_of(std::out_of_range("a")), ST_INTERNAL);
  EXPECT_EQ(status_of(std::bad_cast()), ST_INTERNAL);
  EXPECT_EQ(status_of(Error("a")), ST_INTERNAL);
  EXPECT_EQ(status_of(42), ST_INTERNAL);
  EXPECT_STREQ(st_last_error(), "An exception of an unknown type");
}

// Caught by type across the libraries' border, and without the backtrace.
TEST(Status, LibTorchsExceptionsHaveOne) {
  const c10::SourceLocation here = {__func__, __FILE__, static_cast<std::uint32_t>(__LINE__)};
  EXPECT_EQ(status_of(c10::OutOfMemoryError(here, "CUDA out of memory")), ST_OUT_OF_MEMORY);
  EXPECT_EQ(status_of(c10::NotImplementedError(here, "no CUDA")), ST_UNSUPPORTED);
  EXPECT_EQ(status_of(c10::IndexError(here, "index")), ST_INTERNAL);
  EXPECT_EQ(status_of(c10::Error(here, "DefaultCPUAllocator: not enough memory: you tried")), ST_OUT_OF_MEMORY);
  EXPECT_EQ(std::string(st_last_error()).find("The host has too little free memory: use smaller batches"), 0U);
  EXPECT_EQ(guarded([] { TORCH_CHECK(false, "a shape is wrong"); }), ST_INTERNAL);
  EXPECT_STREQ(st_last_error(), "a shape is wrong");
}

TEST(Status, AnAllocationThatCannotBeIsOutOfMemory) {
  EXPECT_EQ(guarded([] {
              test::fail_new(1);
              ::operator delete(::operator new(1));
            }),
            ST_OUT_OF_MEMORY);
  EXPECT_EQ(guarded([] { at::empty({std::int64_t{1} << 48}); }), ST_OUT_OF_MEMORY);
}

TEST(Status, TheTextIsOneLineAndClearedOnEntry) {
  EXPECT_EQ(status_of(BadInput("one\ntwo\tthree")), ST_BAD_INPUT);
  EXPECT_STREQ(st_last_error(), "one two three");
  EXPECT_EQ(guarded([] {}), ST_OK);
  EXPECT_STREQ(st_last_error(), "");
}

TEST(Status, ALongTextIsCutBetweenCharacters) {
  std::string text;
  while (text.size() < 5000) {
    text += "\xC3\xA9";
  }
  status_of(BadInput(text));
  const std::string kept = st_last_error();
  EXPECT_EQ(kept.size(), 2046u);
  EXPECT_EQ(kept, text.substr(0, kept.size()));
}

TEST(Abi, IsUsableFromC) { EXPECT_EQ(skiptuning_from_c(), 0); }

TEST(Abi, ANumberOfThreadsIsCheckedBeforeItIsNarrowed) {
  st_context* context = nullptr;
  EXPECT_EQ(st_context_create("{\"device\":\"cpu\",\"threads\":4294967297}", &context), ST_INVALID_ARGUMENT);
  EXPECT_STREQ(st_last_error(), "options.threads must be from 0 to 4096");
  EXPECT_EQ(context, nullptr);
}

// It would change the bits of runs that are under way.
TEST(Abi, TheFirstContextDecidesWhoMultiplies) {
  st_context* first = nullptr;
  ASSERT_EQ(st_context_create("{\"device\":\"cpu\"}", &first), ST_OK);
  const auto decided = gemm_in_use();
  const auto with = [](const std::string& gemm) {
    st_context* context = nullptr;
    const auto status = st_context_create(("{\"device\":\"cpu\",\"gemm\":\"" + gemm + "\"}").c_str(), &context);
    st_context_release(context);
    return status;
  };
  EXPECT_EQ(with("auto"), ST_OK);
  for (const auto back_end : kGemmBackEnds) {
    EXPECT_EQ(with(gemm_name(back_end)), back_end == decided ? ST_OK : ST_INVALID_ARGUMENT);
  }
  EXPECT_EQ(gemm_in_use(), decided);
  st_context_release(first);
}

TEST(Abi, NullsAreRefused) {
  EXPECT_EQ(st_build_info(nullptr, 0, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_context_create(nullptr, nullptr), ST_INVALID_ARGUMENT);
  st_context* context = nullptr;
  EXPECT_EQ(st_context_create(nullptr, &context), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_context_info(nullptr, nullptr, 0, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_context_measure(nullptr, nullptr, 0, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_context_memory(nullptr, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_context_reset_peak(nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_model_create(nullptr, nullptr, nullptr, 0, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_model_fork(nullptr, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_model_get_shape(nullptr, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_model_tensor_count(nullptr, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_model_tensor_at(nullptr, 0, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_model_read_tensor(nullptr, nullptr, 0, nullptr, 0), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_model_encode_images(nullptr, 0, nullptr, 0, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_model_encode_texts(nullptr, 0, nullptr, 0, 0, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_model_logits(nullptr, nullptr, 0, nullptr, 0, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_model_compare_images(nullptr, nullptr, 0, nullptr, 0, nullptr, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_model_compare_texts(nullptr, nullptr, 0, nullptr, 0, 0, nullptr, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_image_prepare(nullptr, 1, 1, nullptr, nullptr, 1, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_image_resize(nullptr, 1, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_image_warp(nullptr, 1, 1, nullptr, nullptr, 1, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_cache_create(nullptr, nullptr, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_cache_put_images(nullptr, 0, nullptr, 0), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_cache_put_texts(nullptr, nullptr, 0, 0, nullptr, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_cache_read_images(nullptr, 0, 1, nullptr, 0), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_cache_write_images(nullptr, 0, 1, nullptr, 0), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_trainer_create(nullptr, nullptr, nullptr, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_trainer_step(nullptr, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_trainer_contrastive_step(nullptr, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_cache_put_teacher_texts(nullptr, nullptr, 0, 0, 0, nullptr, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_trainer_prepare(nullptr, nullptr, nullptr, 0), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_trainer_validate(nullptr, nullptr, nullptr, 0), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_trainer_logits(nullptr, nullptr, 0, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_trainer_accumulate(nullptr, 1), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_trainer_use_accumulated(nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_trainer_merge(nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_trainer_state_count(nullptr, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_trainer_state_at(nullptr, 0, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_trainer_read_state(nullptr, 0, nullptr, 0), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_trainer_restore(nullptr, nullptr, 0), ST_INVALID_ARGUMENT);
  EXPECT_EQ(st_trainer_info(nullptr, nullptr, 0, nullptr), ST_INVALID_ARGUMENT);
  EXPECT_STREQ(st_last_error(), "trainer is null");
}

st_tensor described(std::vector<std::int64_t> shape, std::vector<std::int64_t> strides, std::vector<float>& memory) {
  st_tensor tensor{};
  tensor.struct_size = sizeof tensor;
  tensor.dtype = ST_FLOAT32;
  tensor.name = "t";
  tensor.data = memory.data();
  tensor.bytes = memory.size() * sizeof(float);
  tensor.rank = static_cast<int32_t>(shape.size());
  std::copy(shape.begin(), shape.end(), tensor.shape);
  std::copy(strides.begin(), strides.end(), tensor.strides);
  return tensor;
}

TEST(Tensors, StridesAreKept) {
  std::vector<float> memory = {0, 1, 2, 3, 4, 5};
  const auto tensor = described({3, 2}, {1, 3}, memory);
  const auto view = views_of(&tensor, 1).at(0).second;
  EXPECT_EQ(view.data_ptr(), memory.data());
  EXPECT_EQ(view.select(0, 2).select(0, 1).item<float>(), 5.0f);
}

TEST(Tensors, WhatReachesBeyondItsMemoryIsRefused) {
  std::vector<float> memory(6);
  constexpr std::int64_t large = std::int64_t{1} << 62;
  for (const auto& wrong :
       {described({7}, {1}, memory), described({2, 3}, {4, 1}, memory), described({-1}, {1}, memory),
        described({2}, {-1}, memory), described({large, 4}, {4, 1}, memory), described({2}, {large}, memory),
        described({large, large, large}, {0, 0, 0}, memory)}) {
    EXPECT_THROW(views_of(&wrong, 1), InvalidArgument);
  }
  auto tensor = described({6}, {1}, memory);
  EXPECT_EQ(views_of(&tensor, 1).size(), 1u);
  tensor.rank = ST_MAX_RANK + 1;
  EXPECT_THROW(views_of(&tensor, 1), InvalidArgument);
  tensor = described({6}, {1}, memory);
  tensor.dtype = 99;
  EXPECT_THROW(views_of(&tensor, 1), InvalidArgument);
  tensor = described({6}, {1}, memory);
  tensor.data = nullptr;
  EXPECT_THROW(views_of(&tensor, 1), InvalidArgument);
  tensor = described({6}, {1}, memory);
  tensor.struct_size = 8;
  EXPECT_THROW(views_of(&tensor, 1), InvalidArgument);
}

}  // namespace
}  // namespace skiptuning::abi
