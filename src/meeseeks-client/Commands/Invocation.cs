using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary>One call of a command: its words, and what it works with.</summary>
internal sealed class Invocation(CommandWords words, ClientSettings settings, ConsoleOutput console, TimeProvider time, CancellationToken stop) : IAsyncDisposable
{
    private MeeseeksClient? _client;

    /// <summary>The words of the command's own; a command may take out what is its own switch.</summary>
    public List<string> Words { get; } = [.. words.Own];

    /// <summary>The program and its arguments, for a command that submits.</summary>
    public IReadOnlyList<string> JobWords => words.Job;

    /// <summary>The client options.</summary>
    public ClientSettings Settings => settings;

    /// <summary>Where it prints to.</summary>
    public ConsoleOutput Console => console;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Ends it.</summary>
    public CancellationToken Stop => stop;

    /// <summary>The box.</summary>
    public MeeseeksClient Client => _client ??= new MeeseeksClient(settings.Options);

    /// <summary>The box, for a command that waits: one that restarts meanwhile may be away for some minutes.</summary>
    public MeeseeksClient PatientClient => _client ??= new MeeseeksClient(settings.Options with { ReconnectFor = TimeSpan.FromMinutes(5) });

    /// <summary>The time in seconds since 1970.</summary>
    public double Now => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client?.DisposeAsync() ?? ValueTask.CompletedTask;
}
