using System.IO.Pipelines;
using System.Text.Json;
using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;
using MeeseeksBox.Protocol.Signals;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Writes the answers to lines, one after the other, and sends large answers in pieces.</summary>
internal sealed class ResponseWriter
{
    private const int SendAt = 64 * 1024;

    private readonly PipeWriter _output;
    private readonly Func<CancellationToken, ValueTask> _beforeSending;
    private readonly List<string> _errors = [];
    private readonly List<string> _warnings = [];
    private readonly List<(string Id, string Checksum)> _same = [];
    private string _code = ErrorCode.Refused;
    private long? _seq;
    private (long Seq, IReadOnlyList<string>? Gone)? _nodes;
    private Signal? _signal;
    private (bool HasMore, bool HasGap, string Instance, double Now)? _piece;

    /// <param name="output">The output of the connection.</param>
    /// <param name="pretty">True to indent the answers for a person.</param>
    /// <param name="beforeSending">Called before each flush.</param>
    public ResponseWriter(PipeWriter output, bool pretty, Func<CancellationToken, ValueTask> beforeSending)
    {
        _output = output;
        _beforeSending = beforeSending;
        Json = new Utf8JsonWriter(output, pretty ? JsonFormat.Indented : JsonFormat.Compact);
    }

    /// <summary>Receives the value of the current request.</summary>
    public Utf8JsonWriter Json { get; }

    /// <summary>The attributes of the jobs of the current request object; null for all.</summary>
    public WantedAttributes? Wanted { get; set; }

    /// <summary>Adds an error beside the values of the request object.</summary>
    public void Refuse(string error, string code = ErrorCode.Refused)
    {
        _errors.Add(error);
        _code = code;
    }

    /// <summary>Adds warnings beside the values of the request object.</summary>
    public void Warn(IEnumerable<string> warnings) => _warnings.AddRange(warnings);

    /// <summary>Adds <c>seq</c>: the number of change up to which the jobs of the answer are complete.</summary>
    public void NoteSeq(long seq) => _seq = Math.Min(_seq ?? seq, seq);

    /// <summary>Adds what a reader of pieces needs (docs/PROTOCOL.md#pieces).</summary>
    /// <param name="hasMore">Whether there are further changes after <c>seq</c>.</param>
    /// <param name="hasGap">Whether ends of removed jobs may be missing.</param>
    /// <param name="instance">The instance of this box.</param>
    /// <param name="now">The time in seconds since 1970.</param>
    public void NotePiece(bool hasMore, bool hasGap, string instance, double now) => _piece = (hasMore, hasGap, instance, now);

    /// <summary>Adds <c>nodes_seq</c> and <c>nodes_gone</c>: the number of change of the nodes, and the removed nodes.</summary>
    public void NoteNodes(long seq, IReadOnlyList<string>? gone) => _nodes = (seq, gone);

    /// <summary>Adds <c>signal</c>: the signal that was sent instead of a kill.</summary>
    public void NoteSignal(Signal signal) => _signal = signal;

    /// <summary>Sends everything before the next value, which may be delayed.</summary>
    public async ValueTask SendAnswersBeforeAsync(CancellationToken stop)
    {
        await _beforeSending(stop);
        await Json.FlushAsync(stop);
        _ = await _output.FlushAsync(stop);
    }

    /// <summary>Writes numbers of change, errors and warnings, and ends the object.</summary>
    public void EndObject()
    {
        if (_seq is { } seq)
        {
            Json.WriteNumber("seq", seq);
            _seq = null;
        }

        if (_same.Count > 0)
        {
            Json.WriteStartObject("same");
            foreach (var (id, checksum) in _same)
                Json.WriteString(id, checksum);

            Json.WriteEndObject();
            _same.Clear();
        }

        if (_piece is var (hasMore, hasGap, instance, now))
        {
            WriteIfTrue("more", hasMore);
            WriteIfTrue("gap", hasGap);
            Json.WriteString("instance", instance);
            Json.WriteNumber("now", now);
            _piece = null;
        }

        if (_nodes is { } nodes)
        {
            Json.WriteNumber("nodes_seq", nodes.Seq);
            if (nodes.Gone is not null)
            {
                Json.WriteStartArray("nodes_gone");
                nodes.Gone.ToList().ForEach(Json.WriteStringValue);
                Json.WriteEndArray();
            }

            _nodes = null;
        }

        if (_signal is { } signal)
        {
            Json.WriteString(KillRequest.SignalKey, signal.Name);
            _signal = null;
        }

        if (_errors.Count > 0)
        {
            WriteError(Json, string.Join("; ", _errors), _code);
            _errors.Clear();
        }

        if (_warnings.Count > 0)
        {
            Json.WriteStartArray("warnings");
            _warnings.ForEach(Json.WriteStringValue);
            Json.WriteEndArray();
            _warnings.Clear();
        }

        Json.WriteEndObject();
    }

    /// <summary>Writes an element with only an error.</summary>
    public void WriteError(string error, string code)
    {
        Json.WriteStartObject();
        WriteError(Json, error, code);
        Json.WriteEndObject();
    }

    /// <summary>Writes a job, or <c>false</c> for null.</summary>
    public void WriteJob(Job? job)
    {
        if (job is null)
        {
            Json.WriteBooleanValue(false);
        }
        else
        {
            JobAttributes.Write(Json, job, wanted: Wanted);
        }
    }

    /// <summary>Writes jobs as an object by their ids.</summary>
    public async ValueTask WriteJobsAsync(IEnumerable<KeyValuePair<string, Job?>> jobs, CancellationToken stop) =>
        _ = await WritePieceAsync(jobs, long.MaxValue, stop);

    /// <summary>Writes jobs as an object by their ids, until they have so many bytes.</summary>
    /// <param name="jobs">The jobs; null for one that does not exist.</param>
    /// <param name="limit">The number of bytes.</param>
    /// <param name="stop">Cancels the sending.</param>
    /// <param name="hasSpec">True for a spec that the client has, which is left out; null to write them all.</param>
    /// <returns>The number of jobs written; at least one, if there are any.</returns>
    public async ValueTask<int> WritePieceAsync(
        IEnumerable<KeyValuePair<string, Job?>> jobs, long limit, CancellationToken stop, Func<JobSpec, bool>? hasSpec = null)
    {
        var count = 0;
        var leftOut = 0L;
        Json.WriteStartObject();
        var begin = Json.BytesCommitted + Json.BytesPending;
        foreach (var (id, job) in jobs)
        {
            if (Json.BytesCommitted + Json.BytesPending - begin + leftOut >= limit)
                break;

            Json.WritePropertyName(id);
            await LeaveForOutputsAsync(job);
            if (job is not null && hasSpec?.Invoke(job.Spec) is true)
            {
                // It counts, because both sides compute its checksum.
                leftOut += ApproximateSize.Of(job.Spec);
                JobAttributes.WriteStatus(Json, job);
                _same.Add((id, SpecChecksum.Of(job)));
            }
            else
            {
                WriteJob(job);
            }

            count++;
            await SendIfLargeAsync(stop);
        }

        Json.WriteEndObject();
        return count;
    }

    /// <summary>Sends the output so far when it is large. Waits for a client that reads slowly.</summary>
    public async ValueTask SendIfLargeAsync(CancellationToken stop)
    {
        if (Json.BytesPending + _output.UnflushedBytes >= SendAt)
            await SendAnswersBeforeAsync(stop);
    }

    /// <summary>Ends the line, after which the next one can be written.</summary>
    public void EndLine()
    {
        Json.Flush();
        _output.GetSpan(1)[0] = (byte)'\n';
        _output.Advance(1);
        Json.Reset();
    }

    /// <summary>Lets the output of a job be read from its file on the thread pool.</summary>
    public static async ValueTask LeaveForOutputsAsync(Job? job)
    {
        if (job is not null && (job.Status.Stdout?.Reference ?? job.Status.Stderr?.Reference) is not null)
            await PoolThread.EnterAsync();
    }

    private void WriteIfTrue(string name, bool value)
    {
        if (value)
            Json.WriteBoolean(name, value);
    }

    private static void WriteError(Utf8JsonWriter json, string error, string code)
    {
        json.WriteString("error", error);
        json.WriteString("code", code);
    }
}
