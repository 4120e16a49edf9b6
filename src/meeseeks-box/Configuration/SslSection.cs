using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>Reads the section <c>ssl</c> of the box's own sections.</summary>
internal static class SslSection
{
    /// <summary>Reads the section of a parent. What is wrong is told to the reader.</summary>
    /// <param name="parent">The section that may have it.</param>
    /// <param name="needsCertificate">Whether there is no encryption without a certificate of our own, as for a listener.</param>
    /// <returns>Null when it is not set, or false.</returns>
    public static SslConfig? Read(SectionReader parent, bool needsCertificate)
    {
        var ssl = SslConfig.Read(parent);
        if (ssl is null || parent.Find(SslConfig.Key) is not { } setting)
            return null;

        if (needsCertificate && ssl.Cert is null)
            parent.AddProblem(setting, "a listener needs a certificate: set cert to a PEM file");

        // Whoever asks for encryption must not get a plain connection. Goes away with the version that has TLS.
        parent.AddProblem(setting, "TLS is not built yet in this version");
        return ssl;
    }
}
