using MeeseeksBox.Tls;

namespace MeeseeksBox.Configuration;

/// <summary>Reads and validates a section <c>ssl</c>, including all files that it names.</summary>
public static class TlsConfigReader
{
    private delegate object? Loader(SslConfig ssl, out IReadOnlyList<TlsConfigError> faults);

    /// <summary>Reads it for the connecting side. Errors are added to the problems.</summary>
    /// <param name="parent">The parent section.</param>
    /// <returns>Null when the section is not set, or false: connections are not encrypted.</returns>
    public static SslConfig? ReadClient(SectionReader parent) => Read(parent, TlsClient.Load);

    /// <summary>Reads it for the listening side. Errors are added to the problems.</summary>
    /// <param name="parent">The parent section.</param>
    /// <returns>Null when the section is not set, or false: connections are not encrypted.</returns>
    public static SslConfig? ReadServer(SectionReader parent) => Read(parent, TlsServer.Load);

    private static SslConfig? Read(SectionReader parent, Loader load)
    {
        if (!parent.HasSection(SslConfig.Key))
            return null;

        var section = parent.Section(SslConfig.Key);
        var ssl = ReadSettings(section);
        if (!parent.ReadsFiles)
            return ssl;

        _ = load(ssl, out var faults);
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

    /// <summary>Reads the settings without the files that they name.</summary>
    internal static SslConfig ReadSettings(SectionReader section) => new()
    {
        Cert = section.Text("cert"),
        PrivateKey = section.Text("key"),
        Pass = section.Text("pass"),
        CaFile = section.Text("cafile"),
        CaPath = section.Text("capath"),
        Verify = (CertificateVerification?)section.WholeNumber("verify", least: 0, most: 2),
        Ciphers = section.Strings("ciphers"),
        Options = section.Strings("options"),
    };
}
