namespace MeeseeksBox.Agent.Configuration;

/// <summary>The ports of a listener, each once; equal to another with the same ports in the same order.</summary>
/// <param name="ports">At least one, 0 to 65535; 0 is any free port.</param>
internal sealed class PortList(params IEnumerable<int> ports) : IEquatable<PortList>
{
    private readonly int[] _ports = [.. ports];

    /// <summary>The ports, in their order.</summary>
    public IReadOnlyList<int> All => _ports;

    /// <summary>The same ports, with a port in the place of 0.</summary>
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
