using MeeseeksBox.Tls;

namespace MeeseeksBox.Protocol.Tests.Tls;

/// <summary>The setting <c>ciphers</c>, in OpenSSL's syntax (docs/SPECIFICATION.md#ciphers-and-options).</summary>
public sealed class CipherListTests
{
    private readonly List<TlsConfigError> _faults = [];

    [Theory]
    [InlineData("ECDHE-RSA-AES256-GCM-SHA384:TLS_AES_128_GCM_SHA256")]
    [InlineData("ECDHE-RSA-AES256-GCM-SHA384,TLS_AES_128_GCM_SHA256")]
    [InlineData("  ECDHE-RSA-AES256-GCM-SHA384 TLS_AES_128_GCM_SHA256 ")]
    [InlineData("ecdhe-rsa-aes256-gcm-sha384:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES256-GCM-SHA384")]
    [InlineData("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256")]
    public void Names_have_several_separators_and_keep_their_order(string list)
    {
        Read(list).Should().Equal("ECDHE-RSA-AES256-GCM-SHA384", "TLS_AES_128_GCM_SHA256");
        _faults.Should().BeEmpty();
    }

    [Theory]
    [InlineData("HIGH:!aNULL:!MD5:@STRENGTH")]
    [InlineData("DEFAULT:!3DES")]
    [InlineData("ALL")]
    public void A_group_may_contain_all_strong_ciphers(string list)
    {
        Read(list).Should().Equal(CipherSuites.All.Select(cipher => cipher.Name));
        _faults.Should().BeEmpty();
    }

    [Fact]
    public void Groups_are_intersected_and_excluded()
    {
        Read("ECDHE+AESGCM:!ECDSA:!AES128").Should().Equal("TLS_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384");
        Read("kRSA+AESGCM").Should().Equal("AES256-GCM-SHA384", "AES128-GCM-SHA256");
        Read("EECDH+CHACHA20:-TLSv1.3:!aECDSA").Should().Equal("ECDHE-RSA-CHACHA20-POLY1305");
    }

    [Fact]
    public void Excluded_ciphers_cannot_be_added_again_but_removed_ones_can()
    {
        Read("!AES256-SHA:AES256-SHA:AES128-SHA").Should().Equal("AES128-SHA");
        Read("AES256-SHA:-AES256-SHA:AES128-SHA:AES256-SHA").Should().Equal("AES128-SHA", "AES256-SHA");
    }

    [Theory]
    [InlineData(
        "ECDHE-RSA-AES256-GCM-SHA348",
        "unknown or weak cipher 'ECDHE-RSA-AES256-GCM-SHA348'; the nearest supported one is 'ECDHE-RSA-AES256-GCM-SHA384'")]
    [InlineData("HIHG", "unknown or weak cipher 'HIHG'; the nearest supported one is 'HIGH'")]
    [InlineData("HIGH:!HIHG", "unknown or weak cipher 'HIHG'; the nearest supported one is 'HIGH'")]
    [InlineData("aNULL", "no cipher of 'aNULL' is strong enough; leave it out")]
    [InlineData("HIGH:@SECLEVEL=1", "'@SECLEVEL=1' is not supported; list the ciphers in order of preference")]
    [InlineData("HIGH:+AES", "'+AES' is not supported; list the ciphers in order of preference")]
    [InlineData("AES:!AES", "'AES:!AES' allows no cipher")]
    [InlineData(":", "':' allows no cipher")]
    public void An_unsupported_word_is_a_fault(string list, string fault)
    {
        _ = Read(list);

        _faults.Should().Equal(new TlsConfigError("ciphers", fault));
    }

    [Fact]
    public void Every_name_in_the_table_is_unique()
    {
        CipherSuites.All.Select(cipher => cipher.Name).Should().OnlyHaveUniqueItems();
        CipherSuites.All.Select(cipher => cipher.Suite).Should().OnlyHaveUniqueItems();
    }

    private IEnumerable<string> Read(string list) => CipherList.Read(list, _faults).Select(cipher => cipher.Name);
}
