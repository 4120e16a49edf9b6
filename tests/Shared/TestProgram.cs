namespace MeeseeksBox.Testing;

/// <summary>The program that jobs of the tests run; its verbs are in <c>tests/TestProgram/Program.cs</c>.</summary>
public static class TestProgram
{
    /// <summary>The full path of the program.</summary>
    public static string Path { get; } = System.IO.Path.Combine(BuildOutput.Of("tests/TestProgram"), "TestProgram");

    /// <summary>The full path of its assembly, which also holds tasks for the plugin loader.</summary>
    public static string Assembly { get; } = Path + ".dll";
}
