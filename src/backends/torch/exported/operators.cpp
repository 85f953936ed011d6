// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/exported/operators.hpp"

#include <algorithm>
#include <array>

namespace trilby::backends {
namespace {

// Functions of their arguments, and of the random numbers, on the memory of a model's own tensors.
constexpr std::array<std::string_view, 490> allowed{
    // clang-format off
    "__and__", "__or__", "__xor__", "_adaptive_avg_pool2d", "_adaptive_avg_pool3d", "_log_softmax", "_native_batch_norm_legit",
    "_native_batch_norm_legit_functional", "_native_batch_norm_legit_no_training",
    "_scaled_dot_product_attention_math", "_scaled_dot_product_efficient_attention",
    "_scaled_dot_product_flash_attention", "_scaled_dot_product_flash_attention_for_cpu",
    "_softmax", "_to_copy", "_unsafe_index", "_unsafe_view", "_weight_norm",
    "_weight_norm_interface", "abs", "abs_", "absolute", "acos", "acosh", "adaptive_avg_pool1d",
    "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d", "adaptive_max_pool2d",
    "add", "add_", "addbmm", "addcdiv", "addcdiv_", "addcmul", "addcmul_", "addmm", "addmm_",
    "addmv", "alias", "all", "alpha_dropout", "alpha_dropout_", "amax", "amin", "aminmax", "angle",
    "any", "arange", "arctan", "arctan2", "argmax", "argmin", "argsort", "as_strided", "asin",
    "asinh", "atan", "atan2", "atanh", "atleast_1d", "atleast_2d", "avg_pool1d", "avg_pool2d",
    "avg_pool3d", "baddbmm", "batch_norm", "bernoulli", "bilinear", "binary_cross_entropy",
    "binary_cross_entropy_with_logits", "bincount", "bitwise_and", "bitwise_not", "bitwise_or",
    "bitwise_xor", "bmm", "broadcast_tensors", "broadcast_to", "bucketize", "cartesian_prod", "cat",
    "cdist", "ceil", "ceil_", "celu", "celu_", "channel_shuffle", "chunk", "clamp", "clamp_",
    "clamp_max", "clamp_max_", "clamp_min", "clamp_min_", "clip", "clone", "col2im", "complex",
    "concat", "concatenate", "conj", "constant_pad_nd", "contiguous", "conv1d", "conv2d", "conv3d",
    "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "convolution", "copy", "copy_",
    "copysign", "cos", "cos_", "cosh", "cosine_similarity", "count_nonzero", "cross",
    "cross_entropy_loss", "cummax", "cummin", "cumprod", "cumsum", "deg2rad", "detach", "detach_",
    "diag", "diag_embed", "diagonal", "diff", "digamma", "dist", "div", "div_", "divide", "dot",
    "dropout", "dropout_", "dstack", "einsum", "elu", "elu_", "embedding", "embedding_bag", "empty",
    "empty_like", "empty_permuted", "empty_strided", "eq", "eq_", "equal", "erf", "erfc", "erfinv",
    "exp", "exp2", "exp_", "expand", "expand_as", "expm1", "eye", "fake_quantize_per_tensor_affine",
    "feature_alpha_dropout", "feature_dropout", "feature_dropout_", "fft_fft", "fft_fft2",
    "fft_ifft", "fft_ifft2", "fft_irfft", "fft_irfft2", "fft_rfft", "fft_rfft2", "fill", "fill_",
    "fix", "flatten", "flip", "fliplr", "flipud", "float_power", "floor", "floor_", "floor_divide",
    "fmax", "fmin", "fmod", "frac", "full", "full_like", "gather", "ge", "gelu", "gelu_", "glu",
    "grid_sampler", "grid_sampler_2d", "group_norm", "gru", "gru_cell", "gt", "hann_window",
    "hardshrink", "hardsigmoid", "hardsigmoid_", "hardswish", "hardswish_", "hardtanh", "hardtanh_",
    "heaviside", "hinge_embedding_loss", "hstack", "huber_loss", "hypot", "im2col", "imag", "index",
    "index_add", "index_copy", "index_fill", "index_put", "index_put_", "index_select", "inner",
    "instance_norm", "isfinite", "isin", "isinf", "isnan", "isneginf", "isposinf", "isreal",
    "istft", "kl_div", "kthvalue", "l1_loss", "layer_norm", "le", "leaky_relu", "leaky_relu_",
    "lerp", "lerp_", "lgamma", "lift_fresh", "lift_fresh_copy", "linalg_cholesky", "linalg_inv",
    "linalg_matrix_norm", "linalg_norm", "linalg_solve", "linalg_vector_norm", "linear", "linspace",
    "log", "log10", "log1p", "log2", "log_", "log_sigmoid", "log_softmax", "logaddexp",
    "logaddexp2", "logcumsumexp", "logical_and", "logical_not", "logical_or", "logical_xor",
    "logit", "logspace", "logsumexp", "lstm", "lstm_cell", "lt", "masked_fill", "masked_fill_",
    "masked_scatter", "masked_select", "matmul", "matrix_exp", "max", "max_pool1d", "max_pool2d",
    "max_pool2d_with_indices", "max_pool3d", "maximum", "mean", "median", "meshgrid", "min",
    "minimum", "mish", "mish_", "mm", "mode", "moveaxis", "movedim", "mse_loss", "mul", "mul_",
    "multinomial", "multiply", "mv", "nan_to_num", "nanmean", "nansum", "narrow",
    "native_batch_norm", "native_dropout", "native_group_norm", "native_layer_norm", "ne", "neg",
    "neg_", "negative", "new_empty", "new_empty_strided", "new_full", "new_ones", "new_zeros",
    "nll_loss", "nll_loss2d", "nll_loss_nd", "nonzero", "norm", "normal", "numpy_T", "one_hot",
    "ones", "ones_like", "outer", "pad", "pairwise_distance", "permute", "pixel_shuffle",
    "pixel_unshuffle", "polar", "pow", "pow_", "prelu", "prod", "quantile", "rad2deg", "rand",
    "rand_like", "randint", "randint_like", "randn", "randn_like", "randperm", "ravel", "real",
    "reciprocal", "reciprocal_", "reflection_pad1d", "reflection_pad2d", "reflection_pad3d", "relu",
    "relu6", "relu6_", "relu_", "remainder", "renorm", "repeat", "repeat_interleave",
    "replication_pad1d", "replication_pad2d", "replication_pad3d", "reshape", "reshape_as",
    "rms_norm", "rnn_relu", "rnn_relu_cell", "rnn_tanh", "rnn_tanh_cell", "roll", "rot90", "round",
    "rrelu", "rrelu_", "rrelu_with_noise", "rsqrt", "rsqrt_", "rsub", "scalar_tensor",
    "scaled_dot_product_attention", "scatter", "scatter_", "scatter_add", "scatter_add_",
    "scatter_reduce", "searchsorted", "select", "select_scatter", "selu", "selu_", "sgn", "sigmoid",
    "sigmoid_", "sign", "silu", "silu_", "sin", "sin_", "sinc", "sinh", "slice", "slice_scatter",
    "smooth_l1_loss", "soft_margin_loss", "softmax", "softplus", "softshrink", "sort",
    "special_expit", "special_logit", "special_xlogy", "split", "split_with_sizes", "sqrt", "sqrt_",
    "square", "square_", "squeeze", "squeeze_", "stack", "std", "std_mean", "stft", "sub", "sub_",
    "subtract", "sum", "swapaxes", "t", "take", "take_along_dim", "tan", "tanh", "tanh_",
    "tensor_split", "tensordot", "threshold", "threshold_", "tile", "to", "topk", "trace",
    "transpose", "transpose_", "triangular_solve", "tril", "tril_", "triu", "triu_", "true_divide",
    "trunc", "trunc_", "type_as", "unbind", "unflatten", "unfold", "uniform", "unique_consecutive",
    "unsafe_chunk", "unsafe_split", "unsqueeze", "unsqueeze_", "upsample_bicubic2d",
    "upsample_bilinear2d", "upsample_linear1d", "upsample_nearest1d", "upsample_nearest2d",
    "upsample_nearest3d", "upsample_trilinear3d", "vander", "var", "var_mean", "vdot", "view",
    "view_as", "view_as_complex", "view_as_real", "vstack", "where", "xlogy", "zero_", "zeros",
    "zeros_like"
    // clang-format on
};
static_assert(std::ranges::is_sorted(allowed));

}  // namespace

bool is_allowed_operator(std::string_view name) {
    return std::ranges::binary_search(allowed, name);
}

}  // namespace trilby::backends
