using MeeseeksBox.Client.Following;
using MeeseeksBox.Protocol.Outputs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Client;

/// <content>Requests about the output of jobs.</content>
public sealed partial class MeeseeksClient
{
    /// <summary>Returns a part of the output of a job, also while it runs.</summary>
    /// <param name="id">The id of the job.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="offset">The first byte in the whole stream; a negative one counts from the end.</param>
    /// <param name="run">The run that the offset belongs to; null: the latest one. Another run is read from its beginning.</param>
    /// <param name="wait">How long the box waits for output after the offset. The next request of this client ends the wait.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="MeeseeksRequestException">
    /// The job is unknown, prints to a file, or cannot be reached. Without a code, the box does not support the request.
    /// </exception>
    /// <example><code>var last = await client.TailAsync("a", offset: -1000);</code></example>
    public async Task<OutputPart> TailAsync(
        string id,
        OutputStream stream = OutputStream.Stdout,
        long offset = 0,
        int? run = null,
        TimeSpan wait = default,
        CancellationToken stop = default)
    {
        var request = RequestBytes.Of(new TailRequest(id, stream, offset, run), wait);
        return Response.Read(await _connection.RequestAsync(request, wait, isRepeatable: true, stop)).EnsureSuccess().Output();
    }

    /// <summary>Returns the output of a job as it is printed, until the job has ended.</summary>
    /// <remarks>
    /// A run after a restart of the job begins a new stream: <see cref="OutputPart.Run"/> differs then. Where output cannot be had while
    /// the job runs, it is returned at its end.
    /// </remarks>
    /// <param name="id">The id of the job.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="offset">The first byte in the whole stream; a negative one counts from the end.</param>
    /// <param name="delays">Receives each reason, once, for which output is not returned as it is printed.</param>
    /// <param name="stop">Ends the wait; the job continues.</param>
    /// <exception cref="MeeseeksRequestException">The job is unknown, or prints to a file.</exception>
    /// <example><code>
    /// await foreach (var part in client.FollowOutputAsync("a"))
    ///     await output.WriteAsync(part.Data);
    /// </code></example>
    public IAsyncEnumerable<OutputPart> FollowOutputAsync(
        string id,
        OutputStream stream = OutputStream.Stdout,
        long offset = 0,
        IProgress<string>? delays = null,
        CancellationToken stop = default) =>
        new OutputFollower(this, _connector, new TailRequest(id, stream, offset, Run: null), delays).FollowAsync(stop);
}
