// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Lists of tensors as flat memory, for loops of our own on the CPU.

#pragma once

#include <ATen/Parallel.h>
#include <algorithm>
#include <array>
#include <cstddef>
#include <torch/torch.h>
#include <vector>

namespace trilby::backends {

using Tensors = std::vector<torch::Tensor>;

/// Whether all are float32 on the CPU and fill their memory, in whatever order of dimensions.
[[nodiscard]] bool are_flat(const Tensors& tensors);

/// `tensors`, copied where their elements are in another order in memory than those of `pattern`.
[[nodiscard]] Tensors in_order_of(const Tensors& pattern, const Tensors& tensors);

[[nodiscard]] Tensors zeros_like(const Tensors& tensors);
/// In the same order in memory.
[[nodiscard]] Tensors copies_of(const Tensors& tensors);

/// The same piece of the tensors at one position of several lists.
template <std::size_t Lists>
struct Piece {
    std::size_t tensor = 0;  ///< the position
    std::size_t count = 0;   ///< of elements
    std::array<float*, Lists> elements = {};
};

/// Cuts flat tensors into pieces, which do not depend on the number of threads. The tensors at a
/// position have one order in memory.
template <std::size_t Lists>
std::vector<Piece<Lists>> pieces_of(const std::array<const Tensors*, Lists>& lists) {
    constexpr std::size_t most = 1 << 14;
    std::vector<Piece<Lists>> pieces;
    for (std::size_t tensor = 0; tensor < lists[0]->size(); ++tensor) {
        const auto count = static_cast<std::size_t>((*lists[0])[tensor].numel());
        for (std::size_t first = 0; first < count; first += most) {
            Piece<Lists> piece{tensor, std::min(most, count - first), {}};
            for (std::size_t list = 0; list < Lists; ++list) {
                piece.elements[list] = (*lists[list])[tensor].template data_ptr<float>() + first;
            }
            pieces.push_back(piece);
        }
    }
    return pieces;
}

/// Calls `work` for 0..count-1, each the index of a piece, on all threads.
template <class Work>
void for_each_index(std::size_t count, Work work) {
    constexpr std::int64_t pieces_worth_a_thread = 4;
    at::parallel_for(0, static_cast<std::int64_t>(count), pieces_worth_a_thread,
                     [&](std::int64_t begin, std::int64_t end) {
                         for (std::int64_t i = begin; i < end; ++i) {
                             work(static_cast<std::size_t>(i));
                         }
                     });
}

/// Calls `work` for all pieces, on all threads.
template <std::size_t Lists, class Work>
void for_each_piece(const std::array<const Tensors*, Lists>& lists, Work work) {
    const auto pieces = pieces_of(lists);
    for_each_index(pieces.size(), [&](std::size_t i) { work(pieces[i]); });
}

}  // namespace trilby::backends
