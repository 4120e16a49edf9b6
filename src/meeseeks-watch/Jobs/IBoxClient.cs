using System.Text.Json.Nodes;
using MeeseeksBox.Client;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>A connection to the box that survives the absence of the box.</summary>
internal interface IBoxClient
{
    /// <summary>How long the box may be unreachable.</summary>
    TimeSpan Timeout { get; }

    /// <summary>Why the box cannot be reached; null while it can be, as far as is known.</summary>
    string? Fault { get; }

    /// <summary>Sends a request until it has an answer. A repetition must be harmless.</summary>
    /// <exception cref="MeeseeksConnectionException">The box was not reached in time.</exception>
    /// <exception cref="MeeseeksRequestException">The answer is invalid.</exception>
    Task<Response> RequestAsync(JsonObject request, CancellationToken stop);

    /// <summary>Follows jobs until cancellation.</summary>
    /// <exception cref="MeeseeksConnectionException">The box was not reached in time.</exception>
    IAsyncEnumerable<JobUpdate> FollowAsync(JobSelection selection, CancellationToken stop);
}
