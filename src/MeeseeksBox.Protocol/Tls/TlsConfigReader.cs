using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Protocol.Tls;

/// <summary>Reads the section <c>ssl</c> of another one and all files that it names, so that what is wrong is said before it is used.</summary>
public static class TlsConfigReader
{
    /// <summary>Reads it for the side that connects. What is wrong is told to the reader.</summary>
    /// <param name="parent">The section that may have it.</param>
    /// <returns>Null when it is not set, or false: connections are not encrypted.</returns>
    public static SslConfig? ReadClient(SectionReader parent) => Read(parent, TlsSide.Client);

    /// <summary>Reads it for the side that listens. What is wrong is told to the reader.</summary>
    /// <param name="parent">The section that may have it.</param>
    /// <returns>Null when it is not set, or false: connections are not encrypted.</returns>
    public static SslConfig? ReadServer(SectionReader parent) => Read(parent, TlsSide.Server);

    private static SslConfig? Read(SectionReader parent, TlsSide side)
    {
        if (SslConfig.Read(parent) is not { } ssl)
            return null;

        _ = TlsSettings.Load(ssl, side, out var faults);
        var section = parent.Section(SslConfig.Key);
        foreach (var error in faults)
        {
            // The setting may stand in the defaults.
            if (section.Find(error.Key) is { } setting)
                section.AddProblem(setting, error.Text);
            else
                section.AddProblem(error.Key, error.Text);
        }

        return ssl;
    }
}
