using System.Text.Json;
using MeeseeksBox.Plugins;

namespace Plumbus;

/// <summary>The parts of a plumbus, and the time of each step.</summary>
/// <param name="Parts">The parts to fit, in order.</param>
/// <param name="StepTime">The time to fit one part.</param>
internal sealed record Recipe(IReadOnlyList<string> Parts, TimeSpan StepTime)
{
    /// <summary>All known parts.</summary>
    public static readonly IReadOnlyList<string> Shelf = ["base", "bulb", "fringe", "handle", "polish"];

    private const double DefaultStepSeconds = 0.5;

    /// <summary>Reads the parts from the <c>args</c> of a job, and <c>step_seconds</c> from its <c>config</c>.</summary>
    /// <exception cref="FormatException">The job is invalid; the message is for its submitter.</exception>
    public static Recipe Of(JobDescription job)
    {
        IReadOnlyList<string> parts = job.Args is ["standard"] ? Shelf : job.Args;
        if (parts.FirstOrDefault(part => !Shelf.Contains(part)) is { } unknown)
        {
            throw new FormatException(
                $"there is no '{unknown}' on the shelf: a plumbus is made of {string.Join(", ", Shelf)}, or of all of them: standard");
        }


        return new Recipe(parts, TimeSpan.FromSeconds(StepSeconds(job.Config)));
    }

    private static double StepSeconds(JsonElement? config)
    {
        if (config is not { ValueKind: JsonValueKind.Object } settings || !settings.TryGetProperty("step_seconds", out var value))
            return DefaultStepSeconds;

        return value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and <= 3600 and var seconds
            ? seconds
            : throw new FormatException($"config.step_seconds: {value.GetRawText()} is not a number of seconds from 0 to 3600");
    }
}
