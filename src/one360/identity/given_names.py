"""Given names that are kept up by hand: two of them are two people's, though a letter parts them.

A spelling that is missing is taken for a slip of what resembles it; one that is here is not. Of the
spellings of one name those that sound alike need no line of their own.
"""

from __future__ import annotations

_WOMEN = (
    "abigail ada adela adriana agata agnes agnieszka aida aisha aitana akiko alba alessia "
    "alexandra alice alina alisa alma alzbeta amal amalia amanda amara amber amelia amina aminata "
    "amira amrita amy ana anais ananya anastasia andrea angela angelica anita anja anjali anke "
    "ann anna anne anneli annika antonia anya aoife aparna archana ariana ariel arya asha asli "
    "astrid aurora ava ayesha ayse azra bailey barbara barbora beata beatrice becky bella berta "
    "bethany bhavna bianca birgit bozena bridget brigitte britta camila camilla camille candice "
    "carina carla carmela carmen carol carolina caroline catherine cecilia celia celine chantal "
    "charlotte cheryl chiara chioma chloe christa christina claire clara claudia colleen consuelo "
    "cora cordula corinna cristina cynthia dagmar daisy dalia dana daniela danielle danuta daria "
    "dawn debbie deborah deepa deepika delia della denise diana diane dimitra dina divya dolores "
    "dominika donna dora doris dorota dorothea dorothy dragana edda edith eileen ela elaine "
    "eleanor elena eleni elif elisa elisabeth elizabeth elke ella ellen ellie elodie elsa elvira "
    "emilia emily emma erica erika erin erzsebet esperanza esra esther eszter eva evelyn ewa "
    "fatiha fatima fatma fatou federica felicia fiona flora florence franca francesca franziska "
    "frauke frederica freja frida gabriela gabriele gauri geeta gemma gerda gina giorgia gisela "
    "gita giulia gloria gordana grace grazyna greta gudrun gwen hailey hala halina hana hanna "
    "hannah hanne hannelore harriet haruka hazel heather heidi heike helen helena helga hilda "
    "hilde hiroko huda ida ifeoma ilaria ildiko ilona ilse iman indira ines inga inge ingeborg "
    "ingrid ioanna irena irene irina iris irma isabel isabella isla ivana ivonne iwona jacqueline "
    "jadwiga jana jane janet janice janina jarmila jasmin jaya jean jeanne jelena jenna jennifer "
    "jenny jessica jill jimena jitka joan joana joanna johanna josephine joyce judit judith judy "
    "julia juliana julie juliette june justyna jutta jyoti kaisa kamala kaori karin karina karla "
    "karoline kasia katalin katarzyna kate katerina katharina kathleen katja kavita kavya keiko "
    "kelly kerstin khadija kim kimberly kirsten kirstine klara konstantina kristen kristina "
    "kristyna lakshmi lalita lamia lana lara larissa lata laura lauren laurie lavinia layla lea "
    "leah leila lena leni lenka leonie leonor leonora lerato leslie leticia leyla lia lidia "
    "lilian liliana lillian lily lina linda linnea lisa lise liv livia liya lola lorena lorna "
    "lorraine louisa louise lucia lucie lucija lucile lucinda lucy ludmila luisa luna lydia mabel "
    "macarena maddison madeleine madhu madison magda magdalena mai maja malgorzata mandy manisha "
    "manon mara marcela marcella margaret margarete margarita margaux margit margot maria mariam "
    "mariama marian mariana marianne marie marija marina marion marisa marisol marita mariya "
    "marketa marlene marta martha martina mary maryam mathilda mathilde maud maureen may maya "
    "meena meera megan mei melanie melina melissa mercedes meryem mette mia michaela michelle "
    "mila milena milica millie mina minna mira miranda miriam mirjam mohini molly mona monica "
    "monika muriel nabila nadia nadine nadja nancy naomi nasrin natalia natalie natasha neha "
    "nella nelly ngozi niamh nicola nicole nieves nika nina nisha nita noa noelia noemi nomsa "
    "noor nora norma nur nuria oceane olga olivia ornella padma paivi pallavi paloma pamela paola "
    "parisa patricia paula pauline penelope petra phoebe phyllis pia pilar piroska polly pooja "
    "preeti prema priya rachel radha ragnhild rani rania raquel rebecca regina reina reka rekha "
    "renata renate renu riikka rina rita ritu roberta rocio romina rosa rosalia rosanna rose "
    "rosemarie rosemary rosie roxana rupa ruth sabina sabine sabrina sakiko sakura sally salma "
    "samantha samar samira sandra sangeeta sanna saoirse sara sarah sarita saskia savita seda "
    "seema selena selina selma serena shannon shanti sharon sheela sheila shilpa shirin shirley "
    "shobha shreya sibylle signe sigrid silke silvana silvia simona simone siobhan sita smita "
    "sneha snezana sofia soledad solveig sona sonia sonja sophia sophie soraya stefania stefanie "
    "stella stephanie sudha sue sujata suman sunita susan susana susanne sushma svenja svetlana "
    "swati sybille sylvia sylvie tabea tamara tania tanvi tara tatiana tatyana teresa tereza "
    "tessa thandi thea theresa tiina tilda tina toni tracy trudy uma ursula urszula usha uta ute "
    "valentina valeria vandana vanessa vasiliki vera verena verna veronica veronika veronique "
    "vesna victoria vidya viola violet virginia vivian wafa waltraud wanda wendy wilma winnie "
    "xenia ximena xiomara yasmin yasmine yoko yolanda yuko yumi yvonne zahra zainab zara zdenka "
    "zeynep zoe zofia zorica zoya zsuzsanna zuri zuzana "
    "алина алиса алла амина анастасия ангелина анна антонина валентина валерия варвара василиса "
    "вера вероника виктория галина дарина дарья диана ева евгения екатерина елена елизавета жанна "
    "зинаида зоя инна ирина карина кира кристина ксения лада лариса лидия лилия любовь людмила "
    "маргарита марина мария марта марьяна милана милена надежда наталья нина оксана олеся ольга "
    "полина раиса регина римма светлана снежана софья тамара татьяна ульяна фаина эвелина элина "
    "эльвира эмилия юлия яна ярослава "
)
_MEN = (
    "aaron abdul adam adil adrian ahmad ahmed aiden ajay ajit akira alan albert alberto aldo alec "
    "alejandro aleksandar alessandro alessio alex alexander alfred alfredo ali allan alvaro alvin "
    "amar amir amit amos anand anders andre andrea andreas andres andrew andrey andrzej angelo "
    "angus anil anish ankit ante anthony antoine anton antoni antonin antonio antti anuj anwar "
    "archie arjun armando arnav arnold arthur arturo arun ashok asif attila austin axel balazs "
    "baptiste barry bartosz bastian ben bence benedict benjamin benoit bernard bernd bernhard "
    "bert bilal bill billy bjorn bob boris brad brandon brendan brent brian bruce bruno bryce "
    "burak caio caleb callum calvin cameron carl carlo carlos carsten casper cedric cesar charles "
    "charlie chester chidi christian christoph christopher christos ciaran clark claude claus "
    "clemens clifford clive cole colin collin connor conrad cormac craig curtis cyril daiki "
    "damian damien damon dan daniel daniele danny dario darius darren dave david davide dawid "
    "dean declan dennis derek detlef devin diego dieter dietmar dietrich dilip dimitri dimitris "
    "dirk dominic donald doug douglas dragan duarte duncan dusan dustin dylan eberhard eddie "
    "edgar edmund eduardo edward edwin egon elias eliot elmar elmer emanuel emeka emil emiliano "
    "emilio emre enrico enrique enzo eoin eric erik ernest ernst erwin ethan etienne eugene evan "
    "ezra fabian fabien fabio fabrice fahad faisal farid felipe felix ferdinand ferenc fergus "
    "fernando filip filippo finn flavio florian francesco francis francisco franco francois frank "
    "franz fred frederic fritz gabor gabriel gabriele gareth garrett gary gavin geoffrey georg "
    "george gerald gerard gerd gerhard giacomo gianluca gianni gilbert gilles giorgio giorgos "
    "giovanni girish giulio giuseppe glen goncalo gonzalo goran gordon graham grant greg gregory "
    "guido guillaume gunnar gunter gustav guy gyorgy hakan hakon halvard hamad hamid hamish hamza "
    "hans harald hari harish harold harry haruto harvey hasan hassan hector heiko heinrich heinz "
    "helmut hendrik henri henry herbert hermann hernan herve hiroshi horst howard hubert hugh "
    "hugo hugues hussein ian ibrahim ichiro ignacio igor iker ilker ilya imran imre ingo isaac "
    "ismail istvan ivan ivo jabari jack jacob jacques jadwin jaime jake jakob jakub jamal james "
    "jamil jan janos jared jaroslav jason jasper javier jay jayden jeff jeffrey jens jeremy "
    "jerome jerry jerzy jesse jim jiri jiro joachim joao joaquim joaquin joe joel johann john "
    "johnny jon jonas jonathan jordan jordi jorge jorgen jose josef joseph josh joshua jozsef "
    "juan juha jukka julian julien julio julius junaid juri justin kaan kacper kaden kai kamal "
    "kamil karan karim karl karsten kaspar kayden kazuki keith ken kenji kenneth kenny kent kerem "
    "kevin khaled kiran klaus klemens kofi konrad kostas krzysztof kumar kurt kwame kyle lachlan "
    "ladislav lajos lance larry lars lasse laszlo laurent lawrence leandro lee leif leo leon "
    "leonard leonardo leroy levi lewis liam logan lorenz lorenzo louis luc luca lucas lucien "
    "luigi luis lukas luke maciej mads magnus majid malcolm malik manfred manish manoj manuel "
    "marc marcel marcelo marco marcos marcus marek mariano marin mario marius mark marko markus "
    "marlon martin marvin mason massimo mateo mateusz mathias mathieu matteo matthew matthias "
    "matti maurice mauricio mauro max maxim mehdi mehmet melvin mervin michael michal michel "
    "michele miguel mike mikko miklos milan milo milos mirko mitchell mohammed mohan mohit moritz "
    "morris mukesh mustafa nadir naresh nasser naveen neil nelson nestor nicholas nick nico "
    "nicola nicolas niels nigel nikhil nikola nikolai nikos nilesh nils nino nitin noah noel "
    "norbert norman nuno octavio oleg oliver olivier omar omari ondrej orlando osama oscar oswald "
    "otto owen pablo padraig pal paolo paresh pascal patrick paul pavel pawel pedro pekka percy "
    "petar peter petr phil philip philippe pierre pietro piotr pradeep prakash prem quentin "
    "rafael rafal rahul raj rajan rajat rajesh rajiv raju rakesh ralf ralph ramesh ramiro ramon "
    "randy rashid rasmus raul ravi ray raymond remi ren rene ricardo riccardo richard rick rico "
    "robert roberto robin rodolfo rodrigo roger rohan rohit roland rolf romain roman ronald ronny "
    "rory ross roy ruben rudi rudolf rui rupert russell ryan ryszard saad sachin sajid salim "
    "salman salvador sam samir samuel sandeep sandor sanjay sanjiv santiago santos satish satoshi "
    "scott sean sebastian sebastien sergei sergio seth shahid shane siegfried sigurd silvan "
    "silvio simon simone sipho sohail sohan soren spencer stan stanislaw stanley stefan stefano "
    "stephane stephen stevan steve stuart sultan sumit sunil suresh sven sylvain tadeusz tahir "
    "takashi tamas tariq taro tarun ted teo terry thabo theo theodor thiago thibault thierry "
    "thomas thorsten tiago tibor till tim timo timothy tobias toby todd tom tomas tomasz tommaso "
    "tony torsten travis trevor tristan troy tunde tyler ulrich umar umberto unai urs usman uwe "
    "vaclav valentin varun vasco vasilis victor vijay vikas vikram vincent vincenzo vinod vito "
    "vladimir vojtech volker waleed walid walter warren wayne werner wesley wilhelm will willi "
    "william winfried wojciech wolfgang wyatt xavi xavier yann yannick yannis yasir yasser yunus "
    "yusuf yuto zachary zbigniew zdenek ziad zoltan zoran zsolt zubair "
    "александр алексей анатолий андрей антон аркадий арсений артем артур богдан борис вадим "
    "валентин валерий василий виктор виталий владимир владислав вячеслав геннадий георгий герман "
    "глеб григорий даниил данил денис дмитрий евгений егор ефим захар иван игорь илья иосиф "
    "кирилл константин лев леонид макар максим марат марк матвей михаил назар никита николай олег "
    "павел петр родион роман руслан савелий семен сергей станислав степан тарас тимофей тимур "
    "федор филипп эдуард юрий яков ян ярослав "
)
#: Given names of women and of men, in lower case and without accents; some are both.
WOMENS_NAMES = frozenset(_WOMEN.split())
MENS_NAMES = frozenset(_MEN.split())

_VARIANTS = """
andre andreas andrew andres andrey andrei andrea
stefan stephen stephan stefano stephane steven
elena ellen helen helena helene eleni
irena irene irina
julian julien
michael michel michal michele mitchell
francesco francisco francois
maria mariya marija marie mary mariam maryam
oliver olivier
peter petr petar pedro
jakob jakub
fabian fabien
lucas lukas luca luc
nicola nicolas nikola nicole nikolas
paola paula
pablo paolo paulo paul
sebastian sebastien
ahmed ahmad
mohammed muhammad mohamed
hassan hasan
hussein hossein
yasir yasser
walid waleed
umar omar
michaela michelle
anton antoni antony anthony
gregor gregory
jorge george georg
laurent lorenz lorenzo
francis francois
marian mariano
leila layla leyla
aisha ayesha
henri henry
teresa tereza
naomi noemi
roman romain
sheela sheila
victor viktor
marek marc mark
simon simone
antonin antoine
nikola nikolai
marianne mariana
hakan hakon
antonin antoni
даниил данил
наталия наталья
"""
#: A name as languages write it: no two of a line are two children of one family.
VARIANTS = tuple(frozenset(line.split()) for line in _VARIANTS.strip().splitlines())
