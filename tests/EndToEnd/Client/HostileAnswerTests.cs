using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>Answers that no box sends.</summary>
public sealed class HostileAnswerTests
{
    private static readonly string[][] Commands =
    [
        ["ls"], ["job", "a"], ["del", "a"], ["stat"], ["conf", "n1"], ["sub", "wait=1", "p", "true"],
    ];

    public static TheoryData<string, string> Values { get; } = new()
    {
        { "half of a pair", "\"\\ud800\"" },
        { "a name with half of a pair", "{\"\\udc00\":{}}" },
        { "a number", "5" },
        { "a huge number", "1e999" },
        { "a list of anything", "[null,{},1e999,[]]" },
        { "a text", "\"x\"" },
        { "null", "null" },
        { "true", "true" },
        { "deep", $"{new string('[', 5000)}{new string(']', 5000)}" },
        { "an object of nulls", "{\"a\":null}" },
        { "an object of numbers", "{\"a\":5}" },
        { "a NUL and controls", "{\"a\\u0000\\u001b[31m\\u009b\":\"\\u0007\"}" },
        {
            "times out of range",
            "{\"a\":{\"id\":\"a\",\"pool\":\"p\",\"state\":\"done\",\"active\":true,\"ts\":1e15,\"start_ts\":-1e15,\"end_ts\":1e15}}"
        },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Every_answer_is_either_used_or_explained(string name, string value)
    {
        string[] keys = ["ls", "get", "job", "kill", "submit", "nodes", "pools", "config", "seq", "nodes_seq", "warnings"];
        await using var whole = new LineServer(_ => $"[{{{string.Join(',', keys.Select(key => $"\"{key}\":{value}"))}}}]");
        await using var bare = new LineServer(_ => value);
        await using var error = new LineServer(_ => $"[{{\"error\":{value}}}]");

        foreach (var (server, command) in Commands.Select(command => (whole, command)).Append((bare, ["ls"])).Append((error, ["ls"])))
        {
            var run = await ClientProgram.RunAsync($"address=127.0.0.1 port={server.Port} timeout=1", command);

            run.Status.Should().BeInRange(0, 1, "{0} may answer {1}", name, string.Join(' ', command));
            run.Errors.Should().NotContain("nhandled").And.NotContain("   at ");
            (run.Output + run.Errors).Should().NotMatchRegex("[\\p{Cc}-[\\n\\t]]");
        }
    }

    [Fact]
    public async Task Control_characters_of_an_error_do_not_reach_the_terminal()
    {
        await using var server = new LineServer(_ => "[{\"error\":\"\\u001b]0;title\\u0007\\u009b31m\\r\\nx\"}]");

        var run = await ClientProgram.RunAsync($"address=127.0.0.1 port={server.Port}", "nodes");

        run.Errors.Should().Be("meeseeks-client: \\u001b]0;title\\u0007\\u009b31m\\r\nmeeseeks-client: x\n");
    }
}
