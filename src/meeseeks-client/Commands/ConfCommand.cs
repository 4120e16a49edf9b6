using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Protocol.Configuration;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>conf</c>: shows and changes the configuration of a box: the one it is connected to, or a distant one.</summary>
internal static class ConfCommand
{
    public static CommandDefinition Definition { get; } = new("conf", "Show or change the configuration of a box.", RunAsync)
    {
        Words = "[KEY=VALUE] [NODE]...",
        Help = """
            The settings are merged into the configuration, which is then printed as JSON. Without NODE it is the box that answers at
            the address; a NODE behind it is reached by a job in its pool __config. KEY.KEY=VALUE words are as for meeseeks-box;
            '!KEY=' takes a key away. Into a pipe the configuration is printed under the key config; for a NODE the submitted job
            is printed by its id, and the exit status tells whether the node took the settings.

            Examples:
              meeseeks-client conf
              qconf pools.p1.slots=4 node3
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var nodes = invocation.Words.Where(word => !CommandLineSetting.IsSetting(word)).ToList();
        var changes = JobWords.Settings(invocation.Words);
        if (nodes.Count is 0)
        {
            var configuration = await invocation.Client.ConfigAsync(changes, invocation.Stop);
            await PrintAsync(invocation, ConsoleOutput.IsTerminal ? configuration : Under("config", configuration));
        }

        foreach (var node in nodes)
        {
            var configuration = await ConfigureAsync(invocation, node, changes);
            if (ConsoleOutput.IsTerminal)
            {
                await PrintAsync(invocation, configuration);
            }
        }

        return ClientExitStatus.Good;
    }

    private static Task PrintAsync(Invocation invocation, JsonElement value) => JsonText.PrintAsync(invocation.Console, value, invocation.Stop);

    private static JsonElement Under(string key, JsonElement value) =>
        JsonElement.Parse(new JsonObject { [key] = JsonNode.Parse(value.GetRawText()) }.ToJsonString());

    private static async Task<JsonElement> ConfigureAsync(Invocation invocation, string node, JsonObject changes)
    {
        var nodes = await invocation.Client.NodesAsync(invocation.Stop);
        if (!nodes.TryGetValue(node, out var status))
        {
            throw new CommandFailedException($"there is no node '{node}'; the nodes there are: {string.Join(", ", nodes.Keys.Order(StringComparer.Ordinal))}");
        }

        if (!status.Online)
        {
            throw new CommandFailedException($"node '{node}' is offline; try again when it is back");
        }

        var spec = new JsonObject { ["pool"] = "__config", ["node"] = node, ["args"] = changes.DeepClone() };
        var response = (await invocation.Client.SubmitRawAsync(spec, invocation.Stop)).EnsureSuccess();
        if (!ConsoleOutput.IsTerminal)
        {
            await PrintAsync(invocation, response["submit"]);
            await invocation.Console.FlushAsync(invocation.Stop);
        }

        var id = response["submit"].EnumerateObject().Single().Name;
        var job = await invocation.Client.WaitAsync(id, invocation.Stop);
        return job is { State: JobState.Done, Settings: { } settings }
            ? settings
            : throw new CommandFailedException($"node '{node}' did not take the configuration: {job?.Error ?? $"job '{id}' is {(job is null ? "gone" : JobStates.Word(job.State))}"}");
    }
}
