using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.CommandLine.Invocations;

/// <summary>One call of a command: its words, settings and services.</summary>
internal sealed class Invocation(
    CommandWords words, ClientSettings settings, ConsoleOutput console, TimeProvider time, CancellationToken stop) : IAsyncDisposable
{
    private static readonly TimeSpan ReconnectFor = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private MeeseeksClient? _client;
    private long? _notedAt;

    /// <summary>The words of the command; a command removes its switches from them.</summary>
    public List<string> Words { get; } = [.. words.Own];

    /// <summary>The program and its arguments, for <c>sub</c>.</summary>
    public IReadOnlyList<string> JobWords => words.Job;

    /// <summary>The client options.</summary>
    public ClientSettings Settings => settings;

    /// <summary>The output of the command.</summary>
    public ConsoleOutput Console => console;

    /// <summary>The source of time.</summary>
    public TimeProvider Time => time;

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Stop => stop;

    /// <summary>The client of the box, made at the first use.</summary>
    public MeeseeksClient Client => _client ??= new MeeseeksClient(settings.Options);

    /// <summary>The client for commands that wait: it reconnects for some minutes, so that the box may restart.</summary>
    public MeeseeksClient PatientClient => _client ??= new MeeseeksClient(
        settings.Options with { ReconnectFor = ReconnectFor, Unreachable = NoteUnreachable });

    /// <summary>The client for commands that repeat their output if the option <c>refresh</c> is set.</summary>
    public MeeseeksClient RefreshClient => settings.Refresh is null ? Client : PatientClient;

    /// <summary>The current time in seconds since 1970.</summary>
    public double Now => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;

    /// <summary>Prints a JSON value.</summary>
    public Task PrintAsync(JsonElement value) => JsonText.PrintAsync(console, value, stop);

    /// <summary>Prints a JSON value that the client made.</summary>
    public Task PrintAsync(JsonNode value) => PrintAsync(LosslessJson.ElementOf(value));

    // Several connections of the client may wait for the box.
    private void NoteUnreachable(MeeseeksConnectionException problem)
    {
        lock (_lock)
        {
            if (_notedAt is { } before && time.GetElapsedTime(before) < ReconnectFor)
                return;

            _notedAt = time.GetTimestamp();
        }

        console.WriteMessage($"{problem.Message}; it is tried again for up to {ReconnectFor.TotalMinutes:0} minutes");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client?.DisposeAsync() ?? ValueTask.CompletedTask;
}
