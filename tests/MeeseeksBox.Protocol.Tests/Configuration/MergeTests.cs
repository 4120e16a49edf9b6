using System.Text;
using System.Text.Json;
using CsCheck;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.Protocol.Tests.Configuration;

/// <summary>Merging configurations (docs/SPECIFICATION.md#merging).</summary>
public sealed class MergeTests
{
    private static readonly Gen<string> Key = Gen.OneOf("a", "b", "c", "d e", "ü");

    private static readonly Gen<string> Scalar = Gen.OneOf("1", "-2.5", "true", "null", "\"x\"", "[1,\"y\"]");

    [Theory]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"c":3,"d":4}}""", """{"a":{"b":1,"c":3,"d":4}}""")]
    [InlineData("""{"a":{"b":{"c":{"d":1}}}}""", """{"a":{"b":{"c":{"e":2}}}}""", """{"a":{"b":{"c":{"d":1,"e":2}}}}""")]
    public void Objects_merge_at_every_depth(string below, string over, string merged)
    {
        Merged(below, over).Should().Be(merged);
    }

    [Theory]
    [InlineData("""{"a":[1,2]}""", """{"a":[3]}""", """{"a":[3]}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":7}""", """{"a":7}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":null}""", """{"a":null}""")]
    [InlineData("""{"a":7}""", """{"a":{"b":1}}""", """{"a":{"b":1}}""")]
    public void Values_other_than_objects_replace_and_are_replaced(string below, string over, string merged)
    {
        Merged(below, over).Should().Be(merged);
    }

    [Theory]
    [InlineData("""{"pools":{"p1":{"slots":1},"p2":{}}}""", """{"pools":{"!p1":null}}""", """{"pools":{"p2":{}}}""")]
    [InlineData("""{"pools":{"p1":{}}}""", """{"!pools":{}}""", """{}""")]
    [InlineData("""{"a":1}""", """{"!b":0}""", """{"a":1}""")]
    [InlineData("""{}""", """{"a":{"!b":0,"c":1}}""", """{"a":{"c":1}}""")]
    public void A_key_with_an_exclamation_mark_deletes(string below, string over, string merged)
    {
        Merged(below, over).Should().Be(merged);
    }

    [Fact]
    public void A_deleted_section_can_be_set_again_in_the_same_file()
    {
        var merged = Merged("""{"pools":{"p1":{"slots":1,"hold":true}}}""", """{"pools":{"!p1":0,"p1":{"slots":2}}}""");

        merged.Should().Be("""{"pools":{"p1":{"slots":2}}}""");
    }

    [Theory]
    [InlineData("""{"a":[1,2]}""", """{"+a":[3]}""", """{"a":[1,2,3]}""")]
    [InlineData("""{"a":[1,2]}""", """{"a+":[3]}""", """{"a":[3,1,2]}""")]
    [InlineData("""{"a":[1,2,1,"1"]}""", """{"-a":[1]}""", """{"a":[2,"1"]}""")]
    [InlineData("""{"a":[[1],{"b":2}]}""", """{"-a":[{"b":2}]}""", """{"a":[[1]]}""")]
    [InlineData("""{"s":{"a":["x"]}}""", """{"s":{"+a":["y"],"a+":["w"]}}""", """{"s":{"a":["w","x","y"]}}""")]
    public void Items_of_a_list_are_appended_prepended_and_removed(string below, string over, string merged)
    {
        Merged(below, over).Should().Be(merged);
    }

    [Theory]
    [InlineData("""{}""", """{"+a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{}""", """{"a+":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"a":7}""", """{"+a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"a":7}""", """{"-a":[7]}""", """{"a":7}""")]
    [InlineData("""{}""", """{"-a":[1]}""", """{}""")]
    public void Without_a_list_below_added_items_are_the_list_and_removals_have_no_effect(string below, string over, string merged)
    {
        Merged(below, over).Should().Be(merged);
    }

    [Theory]
    [InlineData(
        """{"pools":{"c+":{"slots":1}}}""",
        """{"pools":{"c++":{"slots":2}}}""",
        """{"pools":{"c+":{"slots":1},"c++":{"slots":2}}}""")]
    [InlineData("""{"a":[1]}""", """{"+a":2,"-a":3,"a+":4}""", """{"a":[1],"+a":2,"-a":3,"a+":4}""")]
    [InlineData("""{}""", """{"+":[1],"-":[2],"!":3}""", """{"+":[1],"-":[2],"!":3}""")]
    public void Marks_of_lists_are_part_of_the_name_unless_the_value_is_a_list(string below, string over, string merged)
    {
        Merged(below, over).Should().Be(merged);
    }

    [Theory]
    [InlineData("""{"a":[9],"a+":[1],"!a":0,"+a":[2]}""", """{"a":[1,9]}""")]
    [InlineData("""{"-a":[1],"+a":[1,2]}""", """{"a":[0,2]}""")]
    public void The_order_of_marks_in_one_object_does_not_matter(string over, string merged)
    {
        Merged("""{"a":[0,1]}""", over).Should().Be(merged);
    }

    [Fact]
    public void The_setting_that_was_set_last_comes_last()
    {
        // max_runtime and runtime are one setting: the one that was set later counts.
        Merged("""{"runtime":1,"max_runtime":2}""", """{"runtime":3}""").Should().Be("""{"max_runtime":2,"runtime":3}""");
    }

    [Fact]
    public void Merging_with_an_empty_object_changes_nothing()
    {
        Objects(3).Sample(json => Merged(json, "{}") == Merged("{}", json));
    }

    [Fact]
    public void Merging_with_itself_changes_nothing()
    {
        Objects(3).Sample(json => Same(Merged(json, json), Merged("{}", json)));
    }

    [Fact]
    public void All_settings_of_the_later_object_are_in_the_result()
    {
        Gen.Select(Objects(3), Objects(3)).Sample((below, over) => Contains(Parse(Merged(below, over)), Parse(over)));
    }

    private static Gen<string> Objects(int depth)
    {
        var value = depth == 0 ? Scalar : Gen.Frequency((2, Scalar), (1, Objects(depth - 1)));
        return Gen.Dictionary(Key, value)[0, 4].Select(members =>
            "{" + string.Join(',', members.Select(member => $"\"{member.Key}\":{member.Value}")) + "}");
    }

    private static bool Contains(JsonElement whole, JsonElement part) =>
        part.ValueKind == JsonValueKind.Object
            ? whole.ValueKind == JsonValueKind.Object && part.EnumerateObject().All(member =>
                whole.TryGetProperty(member.Name, out var value) && Contains(value, member.Value))
            : JsonElement.DeepEquals(whole, part);

    private static bool Same(string left, string right) => JsonElement.DeepEquals(Parse(left), Parse(right));

    private static JsonElement Parse(string json) => JsonElement.Parse(json);

    private static string Merged(string below, string over)
    {
        var diagnostics = new ConfigDiagnostics();
        var tree = new ConfigObject(new SourceLocation("test"));
        foreach (var json in new[] { below, over })
            tree = tree.MergedWith(ConfigFile.Parse(Encoding.UTF8.GetBytes(json), "test", diagnostics)!);

        diagnostics.Problems.Should().BeEmpty();
        return ConfigJson.Compact(tree);
    }
}
