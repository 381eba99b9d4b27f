import unittest

from planted import Planted
import check_layers

TABLE = """
    [layers]
    base = { n = 0, libs = ["boost/system"] }
    event = { n = 2, libs = ["boost/json"] }
    sim = { n = 2, libs = [] }
    transport = { n = 3, libs = [] }
    "transport/redis" = { n = 4, libs = ["hiredis"] }
    bus = { n = 4, libs = [] }
    [tests]
    may = ["sim"]
    libs = ["doctest"]
"""


class Layers(Planted):
    def check(self, name, text):
        self.plant("tools/layers.toml", TABLE)
        self.plant(name, text)
        return check_layers.check_tree(self.root)

    def test_downward_own_folder_std_and_listed_libraries_are_fine(self):
        self.expect(
            self.check(
                "ensue/bus/a.hpp",
                """
            #include <ensue/base/x.hpp>
            #include <ensue/bus/b.hpp>
            #include <sys/socket.h>
            #include <vector>
            """,
            )
        )
        self.expect(
            self.check(
                "ensue/event/a.hpp", "#include <boost/json/value.hpp>\n#include <boost/json.hpp>\n"
            )
        )

    def test_a_library_whose_header_looks_like_one_of_c(self):
        for header in ("sqlite3.h", "zlib.h", "hiredis.h", "event.h"):
            self.expect(
                self.check("ensue/base/a.hpp", f"#include <unistd.h>\n#include <{header}>\n"),
                f"ensue/base/a.hpp:2: <{header}> is not among the libraries of base: boost/system",
            )

    def test_upward(self):
        self.expect(
            self.check("ensue/event/a.hpp", "#include <vector>\n#include <ensue/bus/b.hpp>\n"),
            "ensue/event/a.hpp:2: upward: event (2) may not include bus (4)",
        )

    def test_sideways(self):
        self.expect(
            self.check("ensue/event/a.cpp", "#include <ensue/sim/b.hpp>\n"),
            "ensue/event/a.cpp:1: sideways: event (2) may not include sim (2)",
        )

    def test_a_test_may_include_what_tests_may(self):
        self.expect(
            self.check(
                "ensue/event/a.test.cpp",
                "#include <ensue/sim/b.hpp>\n#include <doctest/doctest.h>\n",
            )
        )

    def test_a_test_may_not_include_upward_otherwise(self):
        self.expect(
            self.check("ensue/event/a.test.cpp", "#include <ensue/bus/b.hpp>\n"),
            "ensue/event/a.test.cpp:1: upward",
        )

    def test_forbidden_library(self):
        self.expect(
            self.check("ensue/base/a.hpp", "#include <boost/json.hpp>\n"),
            "ensue/base/a.hpp:1: <boost/json.hpp> is not among the libraries of base: boost/system",
        )

    def test_a_library_is_not_a_prefix_of_a_word(self):
        self.expect(
            self.check("ensue/event/a.hpp", "#include <boost/jsonx/a.hpp>\n"),
            "ensue/event/a.hpp:1: ",
        )

    def test_folder_in_no_layer(self):
        self.expect(
            self.check("ensue/extra/a.hpp", "\n"), "ensue/extra/a.hpp:1: this folder is in no layer"
        )

    def test_include_of_a_folder_in_no_layer(self):
        self.expect(
            self.check("ensue/bus/a.hpp", "#include <ensue/extra/a.hpp>\n"),
            "ensue/bus/a.hpp:1: <ensue/extra/a.hpp> is in no layer",
        )

    def test_a_nested_layer_is_a_layer_of_its_own(self):
        self.expect(
            self.check(
                "ensue/transport/redis/a.cpp",
                "#include <hiredis/hiredis.h>\n#include <ensue/transport/b.hpp>\n",
            )
        )
        self.expect(
            self.check("ensue/transport/b.hpp", "#include <hiredis/hiredis.h>\n"),
            "ensue/transport/b.hpp:1: <hiredis/hiredis.h>",
        )

    def test_a_folder_below_a_layer_belongs_to_it(self):
        self.expect(
            self.check("ensue/event/detail/a.hpp", "#include <ensue/bus/b.hpp>\n"),
            "ensue/event/detail/a.hpp:1: upward",
        )

    def test_quotes(self):
        self.expect(
            self.check("ensue/bus/a.cpp", '#include "b.hpp"\n'),
            "ensue/bus/a.cpp:1: write project includes",
        )


if __name__ == "__main__":
    unittest.main()
