using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Configuration;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>conf</c>: shows or changes the configuration of the connected box, or of nodes behind it.</summary>
internal static class ConfCommand
{
    public static CommandDefinition Definition { get; } = new("conf", "Show or change the configuration of a box.", RunAsync)
    {
        Words = "[KEY=VALUE]... [NODE]...",
        Help = """
            KEY=VALUE words are merged into the configuration, which is then printed as JSON. They have the form of meeseeks-box:
            pools.p1.slots=4 sets a key in a section, '!KEY=' removes a key. Without NODE, the connected box is configured. Each NODE
            is configured by a job in its pool __config.

            In a pipe, the configuration is printed under the key config. For a NODE, the submitted job is printed by its id, and the
            exit status is 1 if the node rejects the settings.

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
            var response = await invocation.Client.RequestAsync(new JsonObject { ["config"] = changes }, stop: invocation.Stop);
            var configuration = response.EnsureSuccess().ObjectOf("config");
            response.Warnings.ToList().ForEach(invocation.Console.Warn);
            await (ConsoleOutput.IsTerminal
                ? invocation.PrintAsync(configuration)
                : invocation.PrintAsync(new JsonObject { ["config"] = JsonNode.Parse(configuration.GetRawText()) }));
        }

        foreach (var node in nodes)
        {
            var configuration = await ConfigureAsync(invocation, node, changes);
            if (ConsoleOutput.IsTerminal)
                await invocation.PrintAsync(configuration);
        }

        return ClientExitStatus.Good;
    }

    private static async Task<JsonElement> ConfigureAsync(Invocation invocation, string node, JsonObject changes)
    {
        var nodes = await invocation.Client.NodesAsync(invocation.Stop);
        if (!nodes.TryGetValue(node, out var status))
        {
            var known = string.Join(", ", nodes.Keys.Order(StringComparer.Ordinal));
            throw new CommandFailedException($"unknown node '{node}'; known nodes: {known}");
        }

        if (!status.Online)
            throw new CommandFailedException($"node '{node}' is offline; try again when it is back");

        var spec = new JsonObject { ["pool"] = "__config", ["node"] = node, ["args"] = changes.DeepClone() };
        var response = (await invocation.Client.SubmitRawAsync(spec, invocation.Stop)).EnsureSuccess();
        if (!ConsoleOutput.IsTerminal)
        {
            await invocation.PrintAsync(response["submit"]);
            await invocation.Console.FlushAsync(invocation.Stop);
        }

        var id = response["submit"].EnumerateObject().Single().Name;
        var job = await invocation.Client.WaitAsync(id, invocation.Stop);
        if (job is { Status.State: JobState.Done, Spec.Settings: { } settings })
        {
            if (job.Extra?.TryGetValue("warnings", out var value) is true && LenientJson.TryStrings(value, out var warnings))
                warnings.ToList().ForEach(warning => invocation.Console.Warn($"{node}: {warning}"));
            return settings;
        }

        var reason = job?.Status.Error ?? $"job '{id}' is {(job is null ? "gone" : JobStates.Word(job.Status.State))}";
        throw new CommandFailedException($"node '{node}' rejected the configuration: {reason}");
    }
}
