#include "method/cost_search.h"

#include <cmath>

#include <ATen/ops/zeros.h>

#include "core/error.h"

namespace skiptuning {
namespace {

constexpr double kGrid[] = {1e6, 1e4, 1e2, 1.0, 1e-2, 1e-4, 1e-6};
constexpr int kGridSize = 7;
constexpr int kFits = kGridSize + 2 + 7;  // both ends, then one for each further halving

// Places of the state.
enum { kDone, kPeak, kPeakAccuracy, kLeft, kRight, kLeftAccuracy, kRightAccuracy, kMoved, kPlaces };
constexpr double kLeftMoved = 0, kRightMoved = 1;

}  // namespace

CostSearch::CostSearch() : state_(at::zeros({kPlaces}, at::kDouble)) { at(kPeakAccuracy) = -1; }

bool CostSearch::is_done() const { return at(kDone) >= kFits; }

double CostSearch::next() const {
  const int done = static_cast<int>(at(kDone));
  return done < kGridSize ? kGrid[done] : at(kMoved) == kLeftMoved ? at(kLeft) : at(kRight);
}

CostSearch::End CostSearch::record(double accuracy) {
  const int done = static_cast<int>(at(kDone));
  const double cost = next();
  at(kDone) += 1;
  if (done < kGridSize) {
    if (accuracy > at(kPeakAccuracy)) {  // the first of equals, the larger cost
      at(kPeak) = cost;
      at(kPeakAccuracy) = accuracy;
    }
    at(kLeft) = 0.1 * at(kPeak);
    at(kRight) = 10 * at(kPeak);
    at(kMoved) = kLeftMoved;
    return End::none;
  }
  const auto end = at(kMoved) == kLeftMoved ? End::left : End::right;
  at(end == End::left ? kLeftAccuracy : kRightAccuracy) = accuracy;
  if (done == kGridSize) {
    at(kMoved) = kRightMoved;
    return end;
  }
  const double middle = std::sqrt(at(kLeft) * at(kRight));
  const bool to_right = at(kLeftAccuracy) < at(kRightAccuracy);
  at(to_right ? kLeft : kRight) = middle;
  at(kMoved) = to_right ? kLeftMoved : kRightMoved;
  return end;
}

void CostSearch::check() const {
  const double done = at(kDone);
  const bool counts = done >= 0 && done <= kFits && done == std::floor(done);
  if (!counts || (at(kMoved) != kLeftMoved && at(kMoved) != kRightMoved) ||
      (done >= kGridSize && !(at(kLeft) > 0 && at(kRight) > 0))) {
    throw BadInput("the saved state's search of a cost is damaged");
  }
}

// The end that did not move.
CostSearch::End CostSearch::chosen() const { return at(kMoved) == kLeftMoved ? End::right : End::left; }

}  // namespace skiptuning
