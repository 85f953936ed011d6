// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Trains networks that a program defines, any torch::nn::Module, on the user's data. Trilby
/// selects the device, shows progress and metrics, stops early, and resumes a run exactly to the
/// bit. The backends of the `trilby` command train with the same code.
///
/// Unlike Trilby's other libraries, this one throws: Exception for an expected failure, and
/// whatever LibTorch and the program's own functions throw. run() reports all of these.

#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <torch/torch.h>
#include <utility>
#include <variant>
#include <vector>

#include <trilby/export.hpp>
#include <trilby/result.hpp>

namespace trilby {

/// An expected failure. error() has its code, message and remedy.
class TRILBY_API Exception : public std::exception {
  public:
    explicit Exception(Error error) : error_(std::move(error)) {}
    [[nodiscard]] const char* what() const noexcept override { return error_.message.c_str(); }
    [[nodiscard]] const Error& error() const noexcept { return error_; }

  private:
    Error error_;
};

/// A setting of a recipe (docs/recipes.md): {"optimizer.learning_rate", 0.01}.
struct Setting {
    std::string key;
    std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>,
                 std::map<std::string, std::string>>
        value;

    Setting(std::string name, std::same_as<bool> auto flag) : key(std::move(name)), value(flag) {}
    Setting(std::string name,
            std::integral auto number) requires(!std::same_as<decltype(number), bool>)
        : key(std::move(name)), value(static_cast<std::int64_t>(number)) {}
    Setting(std::string name, std::floating_point auto number)
        : key(std::move(name)), value(static_cast<double>(number)) {}
    Setting(std::string name, std::convertible_to<std::string> auto text)
        : key(std::move(name)), value(std::string(text)) {}
    /// A list, such as "data.variables".
    Setting(std::string name, std::vector<std::string> texts)
        : key(std::move(name)), value(std::move(texts)) {}
    /// A table, such as "data.columns".
    Setting(std::string name, std::map<std::string, std::string> texts)
        : key(std::move(name)), value(std::move(texts)) {}
};
using Settings = std::vector<Setting>;

struct DatasetOptions {
    std::string target = {};  ///< the column to predict, of a table or a series
    std::string task = {};    ///< "images", "table", "text" or "series"; if empty, the data decide
    /// Keys of [data], "network.context" of a text and "network.loss" of a series. Any other key is
    /// ErrorCode::usage.
    Settings settings = {};
};

/// Data to learn from, read as `trilby train PATH` reads them (docs/data.md). Copies share the same
/// data.
class TRILBY_API Dataset {
  public:
    /// Reads a folder of images by class, a table, a text or a series, and splits it into parts.
    /// `path` may also be a name from `trilby data list`, once `trilby data fetch` has fetched that
    /// data set.
    explicit Dataset(const std::filesystem::path& path, const DatasetOptions& options = {});
    /// The data of a run of a program like this one, with the same parts and the same numbers for
    /// each class and category. ErrorCode::bad_data if they have changed since.
    [[nodiscard]] static Dataset of_run(const std::filesystem::path& run);
    /// Other data, read with the columns, classes and means of the run. All examples form the test
    /// part. They may lack targets. A series has one example: the future after its end.
    [[nodiscard]] static Dataset of_run(const std::filesystem::path& run,
                                        const std::vector<std::filesystem::path>& files);
    ~Dataset();
    Dataset(const Dataset&);
    Dataset(Dataset&&) noexcept;
    Dataset& operator=(const Dataset&);
    Dataset& operator=(Dataset&&) noexcept;

    /// "images", "table", "text" or "series".
    [[nodiscard]] std::string task() const;
    /// The shape of one example for a network that takes one tensor; float32, except for a text:
    /// - images: channels x height x width, standardized
    /// - table: the numbers of a row, mapped to a normal distribution by their quantiles, then a
    ///   one-hot vector for each category
    /// - text: context; tokens, int64
    /// - series: variables x look-back, standardized
    [[nodiscard]] std::vector<std::int64_t> input_shape() const;
    /// The shape of what the network gives for one example:
    /// - images, table with a category as the target: classes; scores before the softmax
    /// - table with a number as the target: 1; standardized
    /// - text: context x tokens; scores of each next token
    /// - series: variables x horizon; standardized
    [[nodiscard]] std::vector<std::int64_t> output_shape() const;
    /// The names of the classes by index; empty where the targets are numbers or tokens.
    [[nodiscard]] std::vector<std::string> classes() const;
    /// The number of different tokens of a text; 0 for other data.
    [[nodiscard]] std::int64_t tokens() const;
    /// A network for a table may take two tensors: rows x numbers, float32, as in input_shape(),
    /// and rows x categories, int64. This is how many numbers a row has; 0 for other data.
    [[nodiscard]] std::int64_t numbers() const;
    /// The number of codes of each category, with code 0 for a missing or an unknown value; empty
    /// for other data.
    [[nodiscard]] std::vector<std::int64_t> categories() const;
    /// For each number in a row, the ascending edges of `bins` ranges that hold about as many
    /// training rows each: `bins` + 1 edges, or fewer where values are equal, but at least two.
    /// Empty for other data. ErrorCode::usage if `bins` is less than 1.
    [[nodiscard]] std::vector<std::vector<double>> number_edges(std::int64_t bins) const;
    /// What was understood and decided, one sentence each.
    [[nodiscard]] const std::vector<std::string>& decisions() const;

  private:
    friend class Job;
    struct Content;
    explicit Dataset(Content content);
    std::shared_ptr<Content> content_;
};

/// Computes the mean loss of a batch, a scalar. `outputs` is examples x output_shape(), for an
/// ensemble the mean over its members. `targets` depends on the data:
/// - images, table with a category as the target: examples; the classes, int64
/// - table with a number as the target: examples x 1, float32, standardized like the outputs
/// - text: examples x context; the next tokens, int64
/// - series: examples x variables x horizon, float32, standardized like the outputs. The target
///   of a missing value is the output, without a gradient: its error is 0, where the loss must have
///   a finite gradient.
using LossFunction =
    std::function<torch::Tensor(const torch::Tensor& outputs, const torch::Tensor& targets)>;

/// Metrics by name, such as "accuracy" (docs/data.md). Metrics that are not finite are left out.
using Measures = std::map<std::string, double>;

struct Epoch {
    std::int64_t number = 0;  ///< from 1
    double training_loss = 0.0;
    Measures validation;
    double learning_rate = 0.0;
};

struct FitOptions {
    Settings settings = {};  ///< of [training], [optimizer] and [schedule]; others follow the data
    /// Replaces the loss of the task, also as "loss" in the metrics; empty: the loss of the task.
    LossFunction loss = {};
    std::function<void(const Epoch&)> on_epoch = {};
};

/// How training ended. The module has the weights that were tested.
struct RunResult {
    std::filesystem::path folder;  ///< with recipe, metrics, checkpoint and result
    /// A safetensors file with tensors "model.NAME", "best.NAME", ...
    std::filesystem::path checkpoint;
    std::string metric;  ///< the name of the deciding metric
    Measures validation;
    Measures test;
    std::int64_t epochs = 0;
    std::int64_t best_epoch = 0;  ///< whose weights were tested; 0: the last epoch
    double seconds = 0.0;         ///< of training since the run was started or resumed
};

/// The work of a program. All such programs have the same options; --help lists them.
class TRILBY_API Job {
  public:
    /// Parses the command line, selects and starts a device, and seeds LibTorch. Prints and exits
    /// for --help and for a wrong command line.
    Job(int argc, const char* const* argv);
    ~Job();
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;

    /// The path of the data on the command line, or `otherwise`.
    [[nodiscard]] std::filesystem::path data(const std::filesystem::path& otherwise) const;
    [[nodiscard]] torch::Device device() const;

    /// Trains a module, or a holder of one. The module must be made after the job, so that its
    /// first weights follow from --seed. Its forward() takes a batch of examples of
    /// Dataset::input_shape(), or for a table two tensors (Dataset::numbers()), and returns a batch
    /// of Dataset::output_shape().
    ///
    /// For a table, forward() may also return the outputs of an ensemble, members x rows x outputs.
    /// Each member has a loss of its own, and the loss is their mean. FitOptions::loss instead gets
    /// the mean of the outputs. A prediction is the mean of the members' predictions.
    ///
    /// Ctrl-C and SIGTERM save a checkpoint and end with ErrorCode::interrupted. --resume continues
    /// from the checkpoint with the same bits.
    template <class Module>
    RunResult fit(const Module& module, const Dataset& data, const FitOptions& options = {}) {
        return fit_network(network_of(module), data, options);
    }

    /// The metrics of a module with its present weights, on the test part of the data, or on the
    /// validation part if there is no test part. The data must have targets. "loss" is the loss of
    /// the task, not FitOptions::loss.
    template <class Module>
    Measures evaluate(const Module& module, const Dataset& data) {
        return evaluate_network(network_of(module), data);
    }

    /// The predictions of a module with its present weights for the test part of the data, or for
    /// the validation part if there is no test part: one row for each example, float32 (series:
    /// float64) on the CPU:
    /// - images, table with a category as the target: the probability of each class
    /// - table with a number as the target: the number, in its own unit
    /// - text: the mean nats per token in each window of the context
    /// - series: horizon x variables, in their own units
    template <class Module>
    torch::Tensor predict(const Module& module, const Dataset& data) {
        return predict_network(network_of(module), data);
    }

  private:
    using Tensors = std::vector<torch::Tensor>;
    struct Network {
        std::shared_ptr<torch::nn::Module> module;
        std::function<torch::Tensor(const Tensors&)> forward;
        int inputs;
    };
    template <std::derived_from<torch::nn::Module> Module>
    static Network network_of(const std::shared_ptr<Module>& module) {
        using Tensor = torch::Tensor;
        if constexpr (requires(Tensor x) { Tensor(module->forward(x)); }) {
            return {module, [module](const Tensors& x) { return Tensor(module->forward(x[0])); },
                    1};
        } else {
            static_assert(
                requires(Tensor x) { Tensor(module->forward(x, x)); },
                "forward() must take one tensor, or two for a table, and return one");
            return {module,
                    [module](const Tensors& x) { return Tensor(module->forward(x[0], x[1])); }, 2};
        }
    }
    template <class Contained>
    static Network network_of(const torch::nn::ModuleHolder<Contained>& holder) {
        return network_of(holder.ptr());
    }
    RunResult fit_network(Network network, const Dataset& data, const FitOptions& options);
    Measures evaluate_network(Network network, const Dataset& data);
    torch::Tensor predict_network(Network network, const Dataset& data);

    struct Content;
    std::unique_ptr<Content> content_;
};

/// A model that was defined in Python and exported by torch.export.save(), to be trained like a
/// module of your own. Its parameters and buffers keep their names from Python. Parameters that
/// have no gradients there have none here.
class TRILBY_API AnyModel : public torch::nn::Module {
  public:
    /// Throws Exception for a file of another format or version, and for a model with a call that
    /// Trilby or this LibTorch cannot run; the message names the call (docs/models.md).
    [[nodiscard]] static std::shared_ptr<AnyModel> from_pt2(const std::filesystem::path& file);
    ~AnyModel() override;

    /// Computes the output of the model for one tensor. If a call fails, throws what LibTorch
    /// throws, with that call.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x);
    void train(bool on = true) override;

    /// Writes the model with its present weights, for torch.export.load() in Python.
    void save_pt2(const std::filesystem::path& file) const;

  private:
    struct Content;
    explicit AnyModel(std::unique_ptr<Content> content);
    std::unique_ptr<Content> content_;
};

/// Copies weights into a module. `path` is the folder of a run, its checkpoint, or a file of
/// save_weights(). A run gives its best weights, else their average, else the last ones. Throws
/// Exception if names, types or shapes differ.
TRILBY_API void load_weights(torch::nn::Module& module, const std::filesystem::path& path);
/// Writes parameters and buffers as tensors "model.NAME" to a safetensors file, which other
/// programs can read.
TRILBY_API void save_weights(const torch::nn::Module& module, const std::filesystem::path& file);

/// Calls `body` with the job of the program. Reports exceptions as `trilby` does, and returns the
/// exit code (docs/exit-codes.md).
TRILBY_API int run(int argc, const char* const* argv, const std::function<void(Job&)>& body);

}  // namespace trilby
