#pragma once

#include <cstdint>

// Streams of counter-based draws (core/counter_random.h) that first values come from: no two tensors of a method share
// one.
namespace skiptuning::draws {

constexpr std::uint64_t kContext = 0;
constexpr std::uint64_t kMetaNet = 1;      // and the three that follow: weights and biases of two layers
constexpr std::uint64_t kProjection = 5;   // MaPLe's first, and its bias
constexpr std::uint64_t kProjections = 7;  // those of the other blocks, which begin alike
constexpr std::uint64_t kAdapter = 9;      // and its second layer
constexpr std::uint64_t kHead = 11;        // and its bias
constexpr std::uint64_t kProbeBias = 13;
constexpr std::uint64_t kDeepTexts = 1000;  // and one for each depth
constexpr std::uint64_t kDeepImages = 2000;

}  // namespace skiptuning::draws
