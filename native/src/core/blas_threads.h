#pragma once

namespace skiptuning {

// OpenBLAS (where it is the BLAS) has threads of its own, beside OpenMP's, for the whole process.
void use_blas_threads(int threads);

// While alive, OpenBLAS (where it is the BLAS) runs on one thread. fp32 products called from inside an OpenMP region
// otherwise flood standard error with "Detect OpenMP Loop" and run several times slower.
class SingleThreadedBlas {
 public:
  SingleThreadedBlas();
  ~SingleThreadedBlas();
  SingleThreadedBlas(const SingleThreadedBlas&) = delete;
  SingleThreadedBlas& operator=(const SingleThreadedBlas&) = delete;

 private:
  int threads_before_ = 0;
};

}  // namespace skiptuning
