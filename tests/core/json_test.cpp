#include "core/json.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace {

using core::JsonWriter;

/// What the calls have written.
std::string written(void (*write)(JsonWriter& json)) {
    core::Line line;
    JsonWriter json(line);
    write(json);
    return std::string(line.view());
}

TEST(JsonWriter, PutsACommaBetweenMembersAtEveryDepth) {
    EXPECT_EQ(written([](JsonWriter& json) {
                  json.open();
                  json.add("a", "x");
                  json.add("b", -1);
                  json.open("c");
                  json.add_flag("d", true);
                  json.add_flag("e", false);
                  json.close();
                  json.open_list("f");
                  json.add_item("y");
                  json.add_item("z");
                  json.close_list();
                  json.open("g");
                  json.close();
                  json.add("h", 0);
                  json.close();
              }),
              R"({"a":"x","b":-1,"c":{"d":true,"e":false},"f":["y","z"],"g":{},"h":0})");
}

TEST(JsonWriter, KeepsEveryByteOfAText) {
    for (int byte = 0; byte < 256; ++byte) {
        core::Line line;
        JsonWriter json(line);
        const char text[] = {'<', static_cast<char>(byte), '>'};
        json.add_item(std::string_view(text, sizeof text));
        const bool is_plain = byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\';
        char escaped[] = "\\u00..";
        escaped[4] = "0123456789abcdef"[byte / 16];
        escaped[5] = "0123456789abcdef"[byte % 16];
        const std::string shown = is_plain ? std::string(1, static_cast<char>(byte)) : escaped;
        EXPECT_EQ(line.view(), "\"<" + shown + ">\"") << byte;
    }
}

TEST(JsonWriter, WritesTimesWithThreeDecimals) {
    EXPECT_EQ(written([](JsonWriter& json) {
                  json.open();
                  json.add_time("zero", 0);
                  json.add_time("a", 7);
                  json.add_time("b", 60'999);
                  json.add_time("c", 1'700'000'000'042);
                  json.close();
              }),
              R"({"zero":0.000,"a":0.007,"b":60.999,"c":1700000000.042})");
}

}  // namespace
