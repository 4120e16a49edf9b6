namespace MeeseeksBox.Agent.Configuration;

/// <summary>The distinct ports of a listener, compared by value and order.</summary>
/// <param name="ports">At least one port, 0 to 65535; 0 means any free port.</param>
internal sealed class PortList(params IEnumerable<int> ports) : IEquatable<PortList>
{
    private readonly int[] _ports = [.. ports];

    /// <summary>The ports in order.</summary>
    public IReadOnlyList<int> All => _ports;

    /// <summary>The same ports with <paramref name="port"/> in place of 0.</summary>
    public PortList WithFreePort(int port) => new(_ports.Select(own => own is 0 ? port : own).Distinct());

    /// <inheritdoc/>
    public bool Equals(PortList? other) => other is not null && _ports.SequenceEqual(other._ports);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PortList);

    /// <inheritdoc/>
    public override int GetHashCode() => _ports.Aggregate(_ports.Length, HashCode.Combine);

    /// <summary><c>port 13700</c> or <c>ports 13700, 49463</c>.</summary>
    public override string ToString() => $"{(_ports.Length is 1 ? "port" : "ports")} {string.Join(", ", _ports)}";
}
