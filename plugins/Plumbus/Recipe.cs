using System.Text.Json;
using MeeseeksBox.Plugins;

namespace Plumbus;

/// <summary>What a plumbus is made of, and how long each step takes.</summary>
/// <param name="Parts">What is fitted together, in this order.</param>
/// <param name="StepTime">How long the fitting of one part takes.</param>
internal sealed record Recipe(IReadOnlyList<string> Parts, TimeSpan StepTime)
{
    /// <summary>Everything that a workshop has on its shelf.</summary>
    public static readonly IReadOnlyList<string> Shelf = ["base", "bulb", "fringe", "handle", "polish"];

    private const double DefaultStepSeconds = 0.5;

    /// <summary>Reads what a job asks for: the parts from its <c>args</c>, <c>step_seconds</c> from its <c>config</c>.</summary>
    /// <exception cref="FormatException">It asks for what no workshop can do; the message is for the one who submitted it.</exception>
    public static Recipe Of(JobDescription job)
    {
        IReadOnlyList<string> parts = job.Args is ["standard"] ? Shelf : job.Args;
        if (parts.FirstOrDefault(part => !Shelf.Contains(part)) is { } unknown)
            throw new FormatException($"there is no '{unknown}' on the shelf: a plumbus is made of {string.Join(", ", Shelf)}, or of all of them: standard");

        return new Recipe(parts, TimeSpan.FromSeconds(StepSeconds(job.Config)));
    }

    private static double StepSeconds(JsonElement? config)
    {
        if (config is not { ValueKind: JsonValueKind.Object } settings || !settings.TryGetProperty("step_seconds", out var value))
            return DefaultStepSeconds;

        return value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and <= 3600 and var seconds
            ? seconds
            : throw new FormatException($"config.step_seconds is {value.GetRawText()}: wanted are seconds from 0 to 3600");
    }
}
