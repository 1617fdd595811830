#pragma once

#include <ostream>

#include "layers/product.h"

namespace skiptuning {

inline void PrintTo(GemmBackEnd back_end, std::ostream* out) { *out << gemm_name(back_end); }

namespace test {

// Chooses a back end for the duration of a test.
class WithGemm {
 public:
  explicit WithGemm(GemmBackEnd back_end) : before_(gemm_in_use()) { choose_gemm(back_end); }
  ~WithGemm() { choose_gemm(before_); }
  WithGemm(const WithGemm&) = delete;
  WithGemm& operator=(const WithGemm&) = delete;

 private:
  GemmBackEnd before_;
};

}  // namespace test
}  // namespace skiptuning
