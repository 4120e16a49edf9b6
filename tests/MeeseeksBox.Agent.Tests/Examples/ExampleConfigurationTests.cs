using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Tests.Architecture;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.Agent.Tests.Examples;

/// <summary>The configurations in <c>examples/</c>.</summary>
public sealed class ExampleConfigurationTests
{
    public static TheoryData<string> Files =>
    [
        .. Directory.GetFiles(Repository.At("examples"), "*.cfg")
            .Select(file => Path.GetFileName(file))
            .Where(file => file is not "watch.cfg"),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void An_example_is_valid_and_named_like_its_file(string file)
    {
        var result = Read(file);

        result.Problems.Should().BeEmpty();
        result.Warnings.Should().BeEmpty();
        result.Config!.Name.Should().Be(Path.GetFileNameWithoutExtension(file));
    }

    [Fact]
    public void Every_link_has_the_port_of_its_node()
    {
        var boxes = Files.Select(row => Read(row.Data).Config!).ToDictionary(box => box.Name);

        var links = boxes.Values.SelectMany(box => box.Nodes).ToList();

        links.Should().HaveCountGreaterThan(12);
        links.Should().OnlyContain(
            link => link.Value.Port == boxes[link.Key].Listen.Ports.All.Single() && link.Value.Address == "localhost");
    }

    [Fact]
    public void The_whole_cluster_fits_on_one_host()
    {
        var ports = Files.Select(row => Read(row.Data).Config!)
            .Where(box => box.Name is not "node1")
            .SelectMany(box => box.Listen.Ports.All);

        ports.Should().OnlyHaveUniqueItems();
    }

    private static ConfigurationResult<BoxConfig> Read(string file) => BoxConfigurationReader.Read([Repository.At("examples", file)]);
}
