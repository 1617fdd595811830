#pragma once

#include <cstdint>

namespace skiptuning {

// SplitMix64's finaliser (Steele, Lea and Flood 2014; Vigna's constants): a bijection that scrambles all bits.
inline std::uint64_t scramble(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

// 64 random bits that depend on nothing but their arguments.
inline std::uint64_t counter_bits(std::uint64_t seed, std::uint64_t step, std::uint64_t index) {
  return scramble(scramble(scramble(seed) ^ step) ^ index);
}

// A uniform number in [0,1), of them.
inline double counter_uniform(std::uint64_t seed, std::uint64_t step, std::uint64_t index) {
  return static_cast<double>(counter_bits(seed, step, index) >> 11) * 0x1.0p-53;
}

}  // namespace skiptuning
