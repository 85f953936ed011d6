// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "install/version.hpp"
#include "support/temporary_folder.hpp"
#include <trilby/selection.hpp>

namespace trilby {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

constexpr const char* good =
    R"({"manifest":1,"name":"cpu","module":"trilby-backend-cpu.so","abi":1,)"
    R"("version":"0.1.0","libtorch":"1.13.1","later":true})";

std::string with(const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
}

TEST(ParseManifest, ReadsItsKeysAndIgnoresOthers) {
    const auto manifest = parse_manifest(good, "m");
    ASSERT_TRUE(manifest);
    EXPECT_EQ(manifest->name, "cpu");
    EXPECT_EQ(manifest->module, "trilby-backend-cpu.so");
    EXPECT_EQ(manifest->abi, 1);
    EXPECT_EQ(manifest->libtorch, "1.13.1");
    EXPECT_TRUE(manifest->gpu_targets.empty());
}

TEST(ParseManifest, ReadsTheGpuTargetsOfTheModule) {
    const auto manifest =
        parse_manifest(with(R"("later":true)", R"("gpu_targets":["sm_80","compute_90"])"), "m");
    ASSERT_TRUE(manifest);
    EXPECT_EQ(manifest->gpu_targets, (std::vector<std::string>{"sm_80", "compute_90"}));
    EXPECT_FALSE(parse_manifest(with(R"("later":true)", R"("gpu_targets":[80])"), "m"));
    EXPECT_FALSE(parse_manifest(with(R"("later":true)", R"("gpu_targets":"sm_80")"), "m"));
}

TEST(ParseManifest, RefusesAnotherVersionAndWrongTypes) {
    for (const std::string& text :
         {with(R"("manifest":1)", R"("manifest":2)"), with(R"("abi":1)", R"("abi":"1")"),
          with(R"("name":"cpu")", R"("name":7)"), with(R"("libtorch":"1.13.1",)", ""),
          std::string("[]"), std::string("\xff"), std::string()}) {
        const auto manifest = parse_manifest(text, "the-file");
        ASSERT_FALSE(manifest) << text;
        EXPECT_EQ(manifest.error().code, ErrorCode::bad_data);
        EXPECT_THAT(manifest.error().message, HasSubstr("the-file"));
    }
}

TEST(ParseManifest, RefusesAModuleOutsideItsFolder) {
    for (const char* module : {"../evil.so", "/usr/lib/evil.so", "..", "", "a\\u0000b.so"}) {
        EXPECT_FALSE(parse_manifest(with("trilby-backend-cpu.so", module), "m")) << module;
    }
}

TEST(ReadManifests, FindsTheBackendsOfAFolder) {
    const TemporaryFolder folder;
    folder.write("trilby-backend-cpu.json", good);
    folder.write("trilby-backend-cpu.so", "");
    folder.write("README", "");
    const BackendFolder installed = read_manifests(folder.path());
    ASSERT_TRUE(installed);
    ASSERT_EQ(installed->size(), 1U);
    EXPECT_EQ(installed->front().name, "cpu");
    EXPECT_TRUE(installed->front().manifest);
}

TEST(ReadManifests, OneBrokenManifestDoesNotHideTheOthers) {
    const TemporaryFolder folder;
    folder.write("trilby-backend-cpu.json", good);
    folder.write("trilby-backend-cpu.so", "");
    folder.write("trilby-backend-cuda.json", "{");
    folder.write("trilby-backend-rocm.json", good);  // its content is for cpu
    ASSERT_EQ(::mkfifo((folder / "trilby-backend-xpu.json").c_str(), 0600), 0);
    const BackendFolder installed = read_manifests(folder.path());
    ASSERT_EQ(installed->size(), 4U);
    EXPECT_TRUE((*installed)[0].manifest);
    for (std::size_t i = 1; i < 4; ++i) {
        EXPECT_FALSE((*installed)[i].manifest) << (*installed)[i].name;
    }
}

TEST(ReadManifests, AManifestWithoutItsModuleIsBroken) {
    const TemporaryFolder folder;
    folder.write("trilby-backend-cpu.json", good);
    const BackendFolder installed = read_manifests(folder.path());
    ASSERT_FALSE(installed->front().manifest);
    EXPECT_THAT(installed->front().manifest.error().message, HasSubstr("trilby-backend-cpu.so"));
}

/// Puts a module into a folder below the home folder.
void put(const TemporaryFolder& home, const std::string& folder, const std::string& manifest) {
    home.write(folder + "/trilby/backends/trilby-backend-cpu.json", manifest);
    home.write(folder + "/trilby/backends/trilby-backend-cpu.so", "");
}

TEST(InstalledBackends, AModuleLeftByAnUpdateDoesNotHideOneThatFits) {
    const TemporaryFolder home;
    const auto of_version = [](const std::string& version) {
        return with(R"("version":"0.1.0")", R"("version":")" + version + '"');
    };
    ::setenv("XDG_DATA_HOME", (home / "data").c_str(), 1);
    put(home, "data", of_version("0.0.1"));
    const BackendFolder before = installed_backends();
    put(home, "data", of_version(version));
    const BackendFolder after = installed_backends();
    ::unsetenv("XDG_DATA_HOME");
    ASSERT_TRUE(before);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->front().manifest->version, version);
    if (before->size() > 1 && before->front().name == "cpu") {  // this build has a module too
        EXPECT_EQ(before->front().manifest->version, version);
    }
}

TEST(InstalledBackends, AModuleThatOthersCouldReplaceIsNotUsed) {
    const TemporaryFolder home;
    put(home, "data", good);
    const auto module = home / "data/trilby/backends/trilby-backend-cpu.so";
    ::setenv("TRILBY_BACKEND_DIR", module.parent_path().c_str(), 1);
    EXPECT_TRUE(installed_backends()->front().manifest);
    for (const auto& open : {module.parent_path(), module}) {
        std::filesystem::permissions(open, std::filesystem::perms{0777});
        const auto refused = installed_backends()->front().manifest;
        ASSERT_FALSE(refused) << open;
        EXPECT_THAT(refused.error().message, HasSubstr(open.string() + "' may be changed"));
        std::filesystem::permissions(open, std::filesystem::perms{0755});
    }
    ::unsetenv("TRILBY_BACKEND_DIR");
}

// Whoever could change the link could do so after it was checked.
TEST(InstalledBackends, TheModuleIsLoadedFromThePathThatWasChecked) {
    const TemporaryFolder home;
    put(home, "data", good);
    std::filesystem::create_directory_symlink("data/trilby/backends", home / "link");
    ::setenv("TRILBY_BACKEND_DIR", (home / "link").c_str(), 1);
    const auto entry = installed_backends()->front();
    ::unsetenv("TRILBY_BACKEND_DIR");
    ASSERT_TRUE(entry.manifest) << entry.manifest.error().message;
    EXPECT_EQ(entry.path, (home / "link/trilby-backend-cpu.json").string());
    EXPECT_EQ(entry.module,
              std::filesystem::canonical(home / "data/trilby/backends/trilby-backend-cpu.so"));
}

TEST(ReadManifests, AMissingFolderIsAbsent) {
    const TemporaryFolder folder;
    EXPECT_EQ(read_manifests(folder / "none").presence(), Presence::absent);
}

}  // namespace
}  // namespace trilby
