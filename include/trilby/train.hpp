// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Trains a program's own networks, any torch::nn::Module, on people's data: with the device that
/// Trilby selects, progress, metrics, early stopping, and a resume that is exact to the bit. The
/// backends of the `trilby` command train with the same code.
///
/// Unlike Trilby's other libraries, this one throws: Exception for an expected failure, and what
/// LibTorch and the program's own functions throw. run() reports all of these.

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
    /// "data.variables"
    Setting(std::string name, std::vector<std::string> texts)
        : key(std::move(name)), value(std::move(texts)) {}
    /// "data.columns"
    Setting(std::string name, std::map<std::string, std::string> texts)
        : key(std::move(name)), value(std::move(texts)) {}
};
using Settings = std::vector<Setting>;

struct DatasetOptions {
    std::string target = {};  ///< the column to predict, of a table or a series
    std::string task = {};    ///< "images", "table", "text" or "series"; by default the data decide
    Settings settings = {};  ///< of [data], "network.context" of a text, "network.loss" of a series
};

/// Data to learn from, as `trilby train PATH` understands them (docs/data.md). Copies share them.
class TRILBY_API Dataset {
  public:
    /// Reads a folder of images by class, a table, a text or a series, and splits it. A name of
    /// `trilby data list` is that data set, from where `trilby data fetch` puts it.
    explicit Dataset(const std::filesystem::path& path, const DatasetOptions& options = {});
    /// The data of a run of such a program, with the same parts and the same numbers for each
    /// class and category. Fails if they have changed since.
    [[nodiscard]] static Dataset of_run(const std::filesystem::path& run);
    /// Other data, understood as that run understood its own. All examples are the test part. They
    /// may lack the targets. Of a series, the only example is the future after its end.
    [[nodiscard]] static Dataset of_run(const std::filesystem::path& run,
                                        const std::vector<std::filesystem::path>& files);
    ~Dataset();
    Dataset(const Dataset&);
    Dataset(Dataset&&) noexcept;
    Dataset& operator=(const Dataset&);
    Dataset& operator=(Dataset&&) noexcept;

    /// "images", "table", "text" or "series".
    [[nodiscard]] std::string task() const;
    /// The shape of an example for a network that takes one tensor, float32 but for a text:
    /// - images: channels x height x width, standardized
    /// - table: the numbers of a row, standardized, and then a one-hot vector of each category
    /// - text: the context; tokens, int64
    /// - series: variables x look-back, standardized
    [[nodiscard]] std::vector<std::int64_t> input_shape() const;
    /// What the network gives for an example:
    /// - images, table with a category as the target: the classes; scores before the softmax
    /// - table with a number as the target: 1, standardized
    /// - text: context x tokens; scores of each next token
    /// - series: variables x horizon, standardized
    [[nodiscard]] std::vector<std::int64_t> output_shape() const;
    /// The names of the classes by index; empty where the targets are numbers or tokens.
    [[nodiscard]] std::vector<std::string> classes() const;
    /// The number of different tokens of a text; 0 for other data.
    [[nodiscard]] std::int64_t tokens() const;
    /// A network for a table may take two tensors: rows x numbers, float32, and rows x categories,
    /// int64. This is their number of standardized numbers.
    [[nodiscard]] std::int64_t numbers() const;
    /// And for each category, how many codes it has: 0 is a missing or an unknown value.
    [[nodiscard]] std::vector<std::int64_t> categories() const;
    /// For each of the numbers, the ascending edges of `bins` ranges with as many training rows
    /// each: `bins` + 1 edges, or fewer where values are equal, but at least two. Empty without a
    /// table.
    [[nodiscard]] std::vector<std::vector<double>> number_edges(std::int64_t bins) const;
    /// What was understood and decided, one sentence each.
    [[nodiscard]] const std::vector<std::string>& decisions() const;

  private:
    friend class Job;
    struct Content;
    explicit Dataset(Content content);
    std::shared_ptr<Content> content_;
};

/// The mean loss of a batch, a scalar, from the outputs of the network, examples x output_shape(),
/// of an ensemble their mean, and the targets:
/// - images, table with a category as the target: examples; the classes, int64
/// - table with a number as the target: examples x 1, float32, standardized like the outputs
/// - text: examples x context; the next tokens, int64
/// - series: examples x variables x horizon, float32, standardized like the outputs
using LossFunction =
    std::function<torch::Tensor(const torch::Tensor& outputs, const torch::Tensor& targets)>;

/// Metrics by name, such as "accuracy" (docs/data.md). Those without a finite value are left out.
using Measures = std::map<std::string, double>;

struct Epoch {
    std::int64_t number = 0;  ///< from 1
    double training_loss = 0.0;
    Measures validation;
    double learning_rate = 0.0;
};

struct FitOptions {
    Settings settings = {};  ///< of [training], [optimizer] and [schedule]; others follow the data
    LossFunction loss = {};  ///< empty: that of the task. "loss" in the metrics is this one
    std::function<void(const Epoch&)> on_epoch = {};
};

/// How training ended. The module has the weights that were tested.
struct RunResult {
    std::filesystem::path folder;      ///< with recipe, metrics, checkpoint and result
    std::filesystem::path checkpoint;  ///< a safetensors file: "model.NAME", "best.NAME", ...
    std::string metric;                ///< the one that decides
    Measures validation;
    Measures test;
    std::int64_t epochs = 0;
    std::int64_t best_epoch = 0;  ///< 0: the last one is used
    double seconds = 0.0;         ///< of training, since it was started or resumed
};

/// A program's work, with the options that all such programs have: --help lists them.
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

    /// Trains a module, or a holder of one, that was made after the job, so that its first weights
    /// follow from --seed. Its forward() takes a batch of examples of Dataset::input_shape(), or of
    /// a table two tensors, and gives a batch of Dataset::output_shape(), or for a table an
    /// ensemble of members x rows x outputs. Its members learn apart from each other: the loss is
    /// the mean of theirs, and a prediction is their mean. Ctrl-C and SIGTERM end with a checkpoint
    /// and ErrorCode::interrupted; --resume goes on from there with the same bits.
    template <class Module>
    RunResult fit(const Module& module, const Dataset& data, const FitOptions& options = {}) {
        return fit_network(network_of(module), data, options);
    }

    /// The metrics of a module with its present weights, for the test part of the data, or for the
    /// validation part if there is no test part. The data must have targets, and "loss" is the loss
    /// of the task.
    template <class Module>
    Measures evaluate(const Module& module, const Dataset& data) {
        return evaluate_network(network_of(module), data);
    }

    /// What a module with its present weights says about the test part of the data, one row for
    /// each example, float32 on the CPU:
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
/// module of your own. Its parameters and buffers have their names in Python, and those without
/// gradients there have none here.
class TRILBY_API AnyModel : public torch::nn::Module {
  public:
    /// Fails for a file of another format or version, and for a model with a call that Trilby or
    /// this LibTorch does not run; the error names it (docs/models.md).
    [[nodiscard]] static std::shared_ptr<AnyModel> from_pt2(const std::filesystem::path& file);
    ~AnyModel() override;

    /// The model takes one tensor. Throws what LibTorch throws, with the call that failed.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x);
    void train(bool on = true) override;

    /// Writes the model with its present weights, for torch.export.load().
    void save_pt2(const std::filesystem::path& file) const;

  private:
    struct Content;
    explicit AnyModel(std::unique_ptr<Content> content);
    std::unique_ptr<Content> content_;
};

/// Copies the weights of a run, of its checkpoint or of a file of save_weights() into a module: the
/// best ones of a run, else their average, else the last ones. Fails for other names, types or
/// shapes.
TRILBY_API void load_weights(torch::nn::Module& module, const std::filesystem::path& path);
/// Writes parameters and buffers as "model.NAME" to a safetensors file, which other programs read.
TRILBY_API void save_weights(const torch::nn::Module& module, const std::filesystem::path& file);

/// Runs a program: `body` with its job. Reports exceptions as `trilby` does, and returns the exit
/// code (docs/exit-codes.md).
TRILBY_API int run(int argc, const char* const* argv, const std::function<void(Job&)>& body);

}  // namespace trilby
