#include "clip/text_rows.h"

#include <algorithm>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>

#include "core/index_tensor.h"

namespace skiptuning {
namespace {

// Tokens that all texts begin with; the last token of each stays its own.
std::int64_t common_beginning(const at::Tensor& tokens, const std::vector<std::int64_t>& ends) {
  if (ends.size() < 2) {
    return 0;
  }
  const auto view = tokens.accessor<std::int64_t, 2>();
  auto common = *std::min_element(ends.begin(), ends.end());
  for (std::int64_t text = 1; text < tokens.size(0); ++text) {
    std::int64_t place = 0;
    while (place < common && view[text][place] == view[0][place]) {
      ++place;
    }
    common = place;
  }
  return common;
}

}  // namespace

TextLayout text_layout(at::Device device) { return device.is_cpu() ? TextLayout::packed : TextLayout::equal; }

TextRows text_rows(const at::Tensor& given, const at::Tensor& end_positions, at::Device device, TextLayout layout,
                   std::int64_t most_shared) {
  const auto tokens = given.to(at::kCPU).contiguous();
  const auto end_tensor = end_positions.to(at::kCPU).contiguous();
  const std::vector<std::int64_t> ends(end_tensor.const_data_ptr<std::int64_t>(),
                                       end_tensor.const_data_ptr<std::int64_t>() + end_tensor.numel());
  const auto view = tokens.accessor<std::int64_t, 2>();
  const auto longest = *std::max_element(ends.begin(), ends.end());
  TextRows rows;
  auto& sequences = rows.sequences;
  const bool packed = layout == TextLayout::packed;
  sequences.shared = packed ? std::min(common_beginning(tokens, ends), most_shared) : 0;
  std::vector<std::int64_t> ids;
  std::vector<std::int64_t> places;
  const auto append = [&](std::int64_t text, std::int64_t first, std::int64_t last) {
    for (auto place = first; place <= last; ++place) {
      ids.push_back(view[text][place]);
      places.push_back(place);
    }
  };
  append(0, 0, sequences.shared - 1);
  for (std::int64_t text = 0; text < tokens.size(0); ++text) {
    const auto end = ends[static_cast<std::size_t>(text)];
    const auto first_row = static_cast<std::int64_t>(ids.size());
    sequences.starts.push_back(first_row);
    sequences.pooled.push_back(first_row + end - sequences.shared);
    append(text, sequences.shared, packed ? end : longest);
  }
  sequences.starts.push_back(static_cast<std::int64_t>(ids.size()));
  rows.tokens = index_tensor(ids, device);
  rows.places = index_tensor(places, device);
  return rows;
}

SequenceChoice choose(const Sequences& sequences, const std::vector<std::int64_t>& chosen, at::Device device) {
  SequenceChoice choice;
  choice.sequences.shared = sequences.shared;
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < sequences.shared; ++row) {
    rows.push_back(row);
  }
  for (const auto sequence : chosen) {
    const auto first_row = static_cast<std::int64_t>(rows.size());
    choice.sequences.starts.push_back(first_row);
    choice.sequences.pooled.push_back(first_row + sequences.pooled_place(sequence));
    for (auto row = sequences.first(sequence); row < sequences.first(sequence + 1); ++row) {
      rows.push_back(row);
    }
  }
  choice.sequences.starts.push_back(static_cast<std::int64_t>(rows.size()));
  choice.rows = index_tensor(rows, device);
  return choice;
}

SequenceChoice choose_equal(const at::Tensor& chosen, const at::Tensor& places, std::int64_t length) {
  const auto own = at::arange(length, chosen.options());
  return {Sequences::of_places(places.index_select(0, chosen), length),
          (chosen.view({-1, 1}) * length + own).flatten()};
}

SequenceChoice unshared(const Sequences& sequences, at::Device device) {
  SequenceChoice choice;
  std::vector<std::int64_t> rows;
  for (std::int64_t sequence = 0; sequence < sequences.count(); ++sequence) {
    const auto first_row = static_cast<std::int64_t>(rows.size());
    choice.sequences.starts.push_back(first_row);
    choice.sequences.pooled.push_back(first_row + sequences.shared + sequences.pooled_place(sequence));
    for (std::int64_t row = 0; row < sequences.shared; ++row) {
      rows.push_back(row);
    }
    for (auto row = sequences.first(sequence); row < sequences.first(sequence + 1); ++row) {
      rows.push_back(row);
    }
  }
  choice.sequences.starts.push_back(static_cast<std::int64_t>(rows.size()));
  choice.rows = index_tensor(rows, device);
  return choice;
}

at::Tensor unpacked(const at::Tensor& rows, const Sequences& sequences) {
  std::int64_t longest = 0;
  for (std::int64_t sequence = 0; sequence < sequences.count(); ++sequence) {
    longest = std::max(longest, sequences.length(sequence));
  }
  const auto shared = sequences.shared;
  auto all = at::zeros({sequences.count(), shared + longest, rows.size(1)}, rows.options());
  all.narrow(1, 0, shared).copy_(rows.narrow(0, 0, shared));
  for (std::int64_t sequence = 0; sequence < sequences.count(); ++sequence) {
    const auto length = sequences.length(sequence);
    all.select(0, sequence).narrow(0, shared, length).copy_(rows.narrow(0, sequences.first(sequence), length));
  }
  return all;
}

}  // namespace skiptuning
