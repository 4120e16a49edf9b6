using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Protocol.Tls;

/// <summary>Reads and validates a section <c>ssl</c>, including all files that it names.</summary>
public static class TlsConfigReader
{
    /// <summary>Reads it for the connecting side. Errors are added to the problems.</summary>
    /// <param name="parent">The parent section.</param>
    /// <returns>Null when the section is not set, or false: connections are not encrypted.</returns>
    public static SslConfig? ReadClient(SectionReader parent) => Read(parent, TlsSide.Client);

    /// <summary>Reads it for the listening side. Errors are added to the problems.</summary>
    /// <param name="parent">The parent section.</param>
    /// <returns>Null when the section is not set, or false: connections are not encrypted.</returns>
    public static SslConfig? ReadServer(SectionReader parent) => Read(parent, TlsSide.Server);

    private static SslConfig? Read(SectionReader parent, TlsSide side)
    {
        if (SslConfig.Read(parent) is not { } ssl)
            return null;

        _ = TlsSettings.Load(ssl, side, out var faults);
        var section = parent.Section(SslConfig.Key);
        foreach (var error in faults)
        {
            // The setting may be in the defaults.
            if (section.Find(error.Key) is { } setting)
                section.AddProblem(setting, error.Text);
            else
                section.AddProblem(error.Key, error.Text);
        }

        return ssl;
    }
}
