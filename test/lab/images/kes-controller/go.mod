module kes-controller

go 1.26
